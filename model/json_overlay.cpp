#include "model/json_overlay.hpp"

#include <rapidjson/document.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

namespace amity::model {

std::string overlaid_json(std::string_view below, std::string_view above) {
  rapidjson::Document document;
  document.Parse(below.data(), below.size());
  rapidjson::Document over(&document.GetAllocator());
  over.Parse(above.data(), above.size());
  for (auto& member : over.GetObject()) {
    document.RemoveMember(member.name);
    document.AddMember(member.name, member.value, document.GetAllocator());
  }
  rapidjson::StringBuffer text;
  rapidjson::Writer writer(text);
  document.Accept(writer);
  return {text.GetString(), text.GetSize()};
}

}  // namespace amity::model
