// An emulator in process that is spoken to in its wire protocol: requests are built as clients build them, answers are
// parsed as XML.
#pragma once

#include "emulator/gateway.hpp"
#include "handlers/profile.hpp"
#include "storage/catalogue.hpp"
#include "storage/store.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace amity::tests {

struct WireAnswer {
  unsigned status = 0;
  std::string body;
  std::string content_type;
  std::string request_id;  // of the header

  // The text at a path such as "DescribeImagesResponse/imagesSet/item/imageId"; "" when there is none.
  std::string text(const std::string& path) const;
  // The texts of all elements that an XPath expression selects.
  std::vector<std::string> texts(const std::string& xpath) const;
  std::size_t count(const std::string& xpath) const { return texts(xpath).size(); }
  // The names of the elements inside the one at `path`.
  std::vector<std::string> names_in(const std::string& path) const;
  std::string error_code() const;
};

using Parameters = std::vector<std::pair<std::string, std::string>>;

class WireWorld {
 public:
  explicit WireWorld(handlers::Profile profile = handlers::instant_profile()) : profile_(profile) {}

  // POSTs a signed EC2 call of the present account and region, Action and Version added.
  WireAnswer ec2(std::string_view action, const Parameters& parameters = {});
  // Sends a request as it is.
  WireAnswer send(std::string_view method, std::string_view target, const Parameters& headers, std::string_view body);

  WireWorld& as(std::string_view account) {
    account_ = account;
    return *this;
  }
  WireWorld& in(std::string_view region) {
    region_ = region;
    return *this;
  }
  void advance(handlers::Duration duration) { now_ += duration; }
  const emulator::CallRecord& record() const { return record_; }

 private:
  storage::Store store_;
  storage::Catalogue catalogue_;
  handlers::Ids ids_{1};
  handlers::Profile profile_;
  model::Timestamp now_ = *model::parse_iso8601("2026-01-02T03:04:05Z");
  std::string account_ = "111111111111";
  std::string region_ = "us-east-1";
  emulator::CallRecord record_;
  emulator::Gateway gateway_{{store_, catalogue_, ids_, profile_}, [this] { return now_; }, {}};
};

std::string form(const Parameters& parameters);

}  // namespace amity::tests
