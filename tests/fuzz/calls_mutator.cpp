// Changes stories by whole calls: adds one that the API model allows, more or less, or repeats, drops and swaps those
// that are there. libFuzzer's own changes of single bytes rarely make a call that is read at all.
#include "handlers/registry.hpp"
#include "tests/fuzz/targets.hpp"

#include <algorithm>
#include <cstring>
#include <random>
#include <string>
#include <vector>

namespace amity::fuzz {
namespace {

// What a member whose name ends so may hold: "$vol" stands for one of the ids of that kind. The first that fits counts.
struct Habit {
  std::string_view name;
  std::vector<std::string_view> values;
};

const std::vector<Habit>& habits() {
  static const std::vector<Habit> all = {
      {"ImageId", {"$ami"}},
      {"InstanceId", {"$i"}},
      {"VolumeId", {"$vol"}},
      {"SnapshotId", {"$snap"}},
      {"VpcId", {"$vpc"}},
      {"SubnetId", {"$subnet"}},
      {"GroupId", {"$sg"}},
      {"SecurityGroupId", {"$sg"}},
      {"NetworkInterfaceId", {"$eni"}},
      {"AttachmentId", {"$eni", "$attach"}},
      {"AllocationId", {"$eipalloc"}},
      {"AssociationId", {"$eipassoc", "$rtbassoc", "$aclassoc"}},
      {"InternetGatewayId", {"$igw"}},
      {"GatewayId", {"$igw", "local"}},
      {"RouteTableId", {"$rtb"}},
      {"NatGatewayId", {"$nat"}},
      {"NetworkAclId", {"$acl"}},
      {"KeyPairId", {"$key"}},
      {"LaunchTemplateId", {"$lt"}},
      {"DhcpOptionsId", {"$dopt", "default"}},
      {"TaskId", {"$replacevol"}},
      {"ResourceId", {"$i", "$vol", "$snap", "$ami", "$vpc", "$eni", "$sg"}},
      {"Resources", {"$i", "$vol", "$snap", "$ami", "$vpc", "$eni", "$sg"}},
      {"Id", {"$i", "$vol", "$snap", "$ami", "111111111111", "222222222222"}},
      {"Zone", {"us-east-1a", "us-east-1b"}},
      {"Region", {"us-east-1", "eu-west-1"}},
      {"CidrBlock", {"10.0.0.0/16", "10.0.1.0/24", "172.31.0.0/20"}},
      {"CidrIp", {"0.0.0.0/0", "10.0.0.0/8"}},
      {"Address", {"10.0.0.10", "172.31.0.20"}},
      {"DeviceName", {"/dev/xvda", "/dev/sdf", "/dev/sda1"}},
      {"Device", {"/dev/sdf", "/dev/sdg"}},
      {"InstanceType", {"t3.micro", "m5.large", "t2.small"}},
      {"VolumeType", {"gp3", "gp2", "io2", "st1"}},
      {"Protocol", {"tcp", "-1", "icmp"}},
      {"Name", {"a", "b", "/dev/xvda", "default"}},
      {"Key", {"k", "Name"}},
      {"UserData", {"YQ=="}},
  };
  return all;
}

class Caller {
 public:
  explicit Caller(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t count) { return random_() % count; }

  std::string call() {
    static const auto kOperations = [] {
      std::vector<const handlers::Operation*> all;
      for (const auto family : handlers::all_operations())
        for (const handlers::Operation& operation : family)
          if (operation.service == "ec2") all.push_back(&operation);
      return all;
    }();
    const handlers::Operation& operation = *kOperations[below(kOperations.size())];
    std::string line(operation.name);
    add_members(line, "&", *operation.request_shape, 0);
    return line;
  }

 private:
  void add_members(std::string& line, const std::string& prefix, const model::Shape& shape, int depth) {
    for (const model::Member& member : shape.members) {
      if (member.name == "DryRun" || member.name == "Filters" || member.name == "NextToken") continue;
      const bool is_wanted = member.required || below(shape.members.size()) < (depth == 0 ? 4u : 2u);
      if (!is_wanted || depth > 4) continue;
      const std::string name = prefix + std::string(member.query_name);
      if (member.kind == model::Kind::Structure) {
        add_members(line, name + ".", *member.shape, depth + 1);
      } else if (member.kind == model::Kind::List) {
        for (std::size_t i = 1, count = 1 + below(2); i <= count; ++i)
          add_element(line, name + "." + std::to_string(i), member, depth);
      } else {
        line += name + "=" + value(member.name, member.kind, member.constraints);
      }
    }
  }

  void add_element(std::string& line, const std::string& name, const model::Member& list, int depth) {
    std::string_view one = list.name;
    if (one.ends_with("Ids")) one.remove_suffix(1);
    if (list.element->kind == model::Kind::Structure)
      add_members(line, name + ".", *list.element->shape, depth + 1);
    else
      line += name + "=" + value(one, list.element->kind, list.element->constraints);
  }

  std::string value(std::string_view name, model::Kind kind, const model::Constraints* constraints) {
    switch (kind) {
      case model::Kind::Boolean: return below(2) == 0 ? "true" : "false";
      case model::Kind::Integer:
      case model::Kind::Long: {
        constexpr std::string_view kNumbers[] = {"0", "1", "1", "1", "2", "5", "8", "100", "3000", "-1"};
        return std::string(kNumbers[below(std::size(kNumbers))]);
      }
      case model::Kind::Double: return "0.5";
      case model::Kind::Time: return below(2) == 0 ? "2026-02-01T00:00:00Z" : "2027-02-01T00:00:00Z";
      case model::Kind::Blob: return "YQ==";
      default: break;
    }
    if (constraints && !constraints->values.empty())
      return std::string(constraints->values[below(constraints->values.size())]);
    for (const Habit& habit : habits()) {
      if (!name.ends_with(habit.name)) continue;
      std::string chosen(habit.values[below(habit.values.size())]);
      if (chosen.starts_with('$')) chosen += std::to_string(below(3));
      return chosen;
    }
    return below(2) == 0 ? "x" : "y";
  }

  std::mt19937 random_;
};

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) lines.emplace_back(take_until(text, '\n'));
  return lines;
}

std::size_t replace(std::uint8_t* data, std::size_t capacity, const std::string& text) {
  const std::size_t size = std::min(text.size(), capacity);
  std::memcpy(data, text.data(), size);
  return size;
}

}  // namespace

std::size_t mutate_query(std::uint8_t* data, std::size_t size, std::size_t capacity, unsigned seed) {
  Caller caller(seed);
  const std::string text(reinterpret_cast<const char*>(data), size);
  const std::string call = caller.call();
  // A form of its own, or parameters of another call in this one.
  return replace(data, capacity, size == 0 || caller.below(2) == 0 ? "Action=" + call : text + "&" + call);
}

std::size_t mutate_calls(std::uint8_t* data, std::size_t size, std::size_t capacity, unsigned seed) {
  std::vector<std::string> lines = lines_of({reinterpret_cast<const char*>(data), size});
  Caller caller(seed);
  const auto somewhere = [&] { return lines.begin() + static_cast<std::ptrdiff_t>(caller.below(lines.size() + 1)); };
  const auto some_line = [&] { return lines.begin() + static_cast<std::ptrdiff_t>(caller.below(lines.size())); };
  const std::size_t change = lines.size() < 2 ? 0 : caller.below(10);
  if (change < 6) {
    const std::string line = change == 5 ? "+" + std::to_string(caller.below(90)) + "d" : caller.call();
    lines.insert(somewhere(), line);
  } else if (change == 6) {
    lines.erase(some_line());
  } else if (change == 7) {
    const std::string line = *some_line();
    lines.insert(somewhere(), line);
  } else if (change == 8) {
    std::iter_swap(some_line(), some_line());
  } else {
    *some_line() = caller.call();
  }
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return replace(data, capacity, text);
}

}  // namespace amity::fuzz
