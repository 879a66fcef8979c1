#include "emulator/xml_writer.hpp"

#include "model/ec2.hpp"

#include <catch2/catch.hpp>

using namespace amity;
using emulator::EmptyLists;

namespace {

template <class T>
std::string xml_of(const T& structure, EmptyLists empty_lists = EmptyLists::Marked) {
  std::string out;
  append_xml_members(out, T::shape, &structure, empty_lists);
  return out;
}

std::string escaped(std::string_view text) {
  std::string out;
  emulator::append_xml_text(out, text);
  return out;
}

}  // namespace

TEST_CASE("Members are written under their locationName, absent scalars not at all", "[xml]") {
  ec2::Image image;
  image.image_id = "ami-1";
  image.owner_id = "1";
  image.is_public = false;
  image.state = ec2::ImageState::available;
  image.tags.push_back({.key = "k", .value = "v"});
  const std::string xml = xml_of(image);
  CHECK(xml.find("<imageId>ami-1</imageId>") != std::string::npos);
  CHECK(xml.find("<imageState>available</imageState>") != std::string::npos);
  CHECK(xml.find("<imageOwnerId>1</imageOwnerId>") != std::string::npos);
  CHECK(xml.find("<isPublic>false</isPublic>") != std::string::npos);
  CHECK(xml.find("<tagSet><item><key>k</key><value>v</value></item></tagSet>") != std::string::npos);
  CHECK(xml.find("description") == std::string::npos);
}

TEST_CASE("Empty lists are written in the answer itself and where AWS always has them", "[xml]") {
  CHECK(xml_of(ec2::DescribeImagesResult{}, EmptyLists::All) == "<imagesSet/>");
  CHECK(xml_of(ec2::Image{}) == "<blockDeviceMapping/>");
  CHECK(xml_of(ec2::Snapshot{}).empty());
}

TEST_CASE("Scalars come before lists, because some clients read up to the first item", "[xml]") {
  ec2::Instance instance{.block_device_mappings = {{.device_name = "/dev/xvda"}}, .instance_id = "i-1"};
  instance.state = ec2::InstanceState{.code = 0, .name = ec2::InstanceStateName::pending};
  const std::string xml = xml_of(instance);
  CHECK(xml.find("<instanceId>") < xml.find("<item>"));
  CHECK(xml.find("<instanceState>") < xml.find("<item>"));
}

TEST_CASE("Text is escaped, and what XML forbids never gets out", "[xml]") {
  CHECK(escaped("a<b>&\"c'") == "a&lt;b&gt;&amp;&quot;c'");
  CHECK(escaped("line\nend\r\ttab") == "line\nend&#xD;\ttab");
  CHECK(escaped(std::string_view("a\0b", 3)) ==
        "a\xEF\xBF\xBD"
        "b");
  CHECK(escaped("\x01\x1f") == "\xEF\xBF\xBD\xEF\xBF\xBD");
  CHECK(escaped("\xEF\xBF\xBE!") == "\xEF\xBF\xBD!");
  CHECK(escaped("\xEF\xBF\xBD") == "\xEF\xBF\xBD");
  CHECK(escaped("\xEF") == "\xEF");
  CHECK(escaped("grüße 🚀") == "grüße 🚀");
}

TEST_CASE("Numbers, times and blobs have their wire forms", "[xml]") {
  ec2::Volume volume;
  volume.size = 8;
  volume.create_time = *model::parse_iso8601("2024-05-01T12:34:56Z");
  volume.multi_attach_enabled = false;
  const std::string xml = xml_of(volume);
  CHECK(xml.find("<size>8</size>") != std::string::npos);
  CHECK(xml.find("<createTime>2024-05-01T12:34:56.000Z</createTime>") != std::string::npos);
  CHECK(xml.find("<multiAttachEnabled>false</multiAttachEnabled>") != std::string::npos);
}
