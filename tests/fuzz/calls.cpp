// A story of calls, one a line, against an emulator that starts empty:
//
//     RunInstances&ImageId=$ami0&MinCount=1     an EC2 call; $ami0 is the first image's id that an answer has told
//     ssm.PutParameter {"Name": "a"}            a call of a JSON service
//     POST /snapshots {"VolumeSize": 1}         a REST call
//     +30d                                      the clock goes on
//     @222222222222 eu-west-1                   the calls that follow are another account's, in that Region
//
// No call may end in an internal error, and at the end all invariants must hold.
#include "handlers/check.hpp"
#include "tests/emulator/application_world.hpp"
#include "tests/fuzz/targets.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace amity::fuzz {
namespace {

// A state that grew without end would make each call slower than the one before.
constexpr int kMaxCalls = 40;
constexpr std::size_t kMaxIdsOfAKind = 10;

bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_hexadecimal(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

class Story {
 public:
  explicit Story(tests::ApplicationWorld& world) : world_(world) {}

  void tell(std::string_view line) {
    if (line.starts_with('+')) {
      world_.post("/_amity/clock", "{\"advance\":\"" + std::string(line.substr(1)) + "\"}");
    } else if (line.starts_with('@')) {
      line.remove_prefix(1);
      account_ = take_until(line, ' ');
      region_ = line;
    } else {
      const std::string told = with_ids(line);
      const emulator::HttpResponse response = call(told);
      require_good(response, told);
      note_ids(response.body);
    }
  }

 private:
  emulator::HttpResponse call(std::string_view line) {
    const std::string_view whole = line;
    const std::string_view first = take_until(line, ' ');
    for (const std::string_view method : {"GET", "POST", "PUT", "PATCH", "DELETE"}) {
      if (first != method) continue;
      const std::string_view path = take_until(line, ' ');
      return send(path.starts_with("/snapshots") ? "ebs" : "rbin", method, path, line, {});
    }
    for (const auto& [service, target] : {std::pair<std::string_view, std::string_view>{"ssm.", "AmazonSSM."},
                                          {"ce.", "AWSInsightsIndexService."},
                                          {"pricing.", "AWSPriceListService."}})
      if (first.starts_with(service))
        return send(service.substr(0, service.size() - 1), "POST", "/", line,
                    std::string(target) + std::string(first.substr(service.size())));
    return send("ec2", "POST", "/", "Version=2016-11-15&Action=" + std::string(whole), {});
  }

  emulator::HttpResponse send(std::string_view service, std::string_view method, std::string_view path,
                              std::string_view body, const std::string& target) {
    tests::ApplicationWorld::Headers headers = {
        {"Authorization", "AWS4-HMAC-SHA256 Credential=" + account_ + "/20260102/" + region_ + "/" +
                              std::string(service) + "/aws4_request, SignedHeaders=host, Signature=0"}};
    if (!target.empty()) headers.emplace_back("X-Amz-Target", target);
    return world_.send(method, path, body, headers);
  }

  // "$vol1" becomes the second id that begins with "vol-"; what nobody has told stays as it is.
  std::string with_ids(std::string_view line) const {
    std::string out;
    while (!line.empty()) {
      out += take_until(line, '$');
      if (line.empty()) break;
      const std::size_t end = static_cast<std::size_t>(std::ranges::find_if_not(line, is_lower) - line.begin());
      const auto kind = ids_.find(std::string(line.substr(0, end)));
      const std::size_t number = end < line.size() ? static_cast<std::size_t>(line[end]) - '0' : kMaxIdsOfAKind;
      if (kind == ids_.end() || number >= kind->second.size()) {
        out += '$';
        continue;
      }
      out += kind->second[number];
      line.remove_prefix(end + 1);
    }
    return out;
  }

  void note_ids(std::string_view body) {
    for (std::size_t dash = body.find('-'); dash != body.npos; dash = body.find('-', dash + 1)) {
      std::size_t begin = dash;
      while (begin > 0 && is_lower(body[begin - 1])) --begin;
      std::size_t end = dash + 1;
      while (end < body.size() && is_hexadecimal(body[end])) ++end;
      if (begin == dash || end - dash != 18) continue;
      auto& kind = ids_[std::string(body.substr(begin, dash - begin))];
      const std::string_view id = body.substr(begin, end - begin);
      if (kind.size() < kMaxIdsOfAKind && std::ranges::find(kind, id) == kind.end()) kind.emplace_back(id);
    }
  }

  tests::ApplicationWorld& world_;
  std::string account_ = "111111111111";
  std::string region_ = "us-east-1";
  std::map<std::string, std::vector<std::string>> ids_;
};

void require_invariants(tests::ApplicationWorld& world, std::string_view story) {
  for (const storage::Finding& finding : handlers::check(world.emulation().environment()))
    require(false, finding.rule + ": " + finding.what, story);
}

}  // namespace

void run_calls(std::string_view input) {
  static tests::ApplicationWorld world({.seed = 1}, {.level = emulator::LogLevel::Off});
  const std::string_view whole = input;
  Story story(world);
  for (int calls = 0; !input.empty() && calls < kMaxCalls; ++calls) story.tell(take_until(input, '\n'));
  require_invariants(world, whole);
  story.tell("+400d");
  story.tell("DescribeInstances");  // what was due by then has happened
  require_invariants(world, whole);
  world.emulation().reset();
}

}  // namespace amity::fuzz
