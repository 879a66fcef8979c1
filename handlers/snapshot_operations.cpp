#include "handlers/errors.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/snapshot_errors.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/tagging.hpp"
#include "handlers/zones.hpp"
#include "storage/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace amity::handlers {
namespace {

// A volume in a Local Zone may have its snapshots there; all others are kept in the region.
std::optional<std::string> place_of(const Call& call, const ec2::CreateSnapshotRequest& request,
                                    const ec2::Volume& volume) {
  if (request.location != ec2::SnapshotLocationEnum::local) return std::nullopt;
  const ec2::AvailabilityZone* zone = zone_named(call, volume.availability_zone.value_or(""));
  if (!zone || !is_local_zone(*zone))
    throw errors::invalid_value("location", *request.location, "The volume is not in a Local Zone.");
  return zone->zone_name;
}

// EC2 also refuses a second snapshot of a volume within 15 seconds (SnapshotCreationPerVolumeRateExceeded). That is
// left out: here it would only slow down tests.
ec2::Snapshot create_snapshot(Call& call, const ec2::CreateSnapshotRequest& request) {
  const auto tags = tags_for(request.tag_specifications, kSnapshot.type, {kSnapshot.type});
  const state::Volume volume = find_owned(call.volumes(), kVolume, request.volume_id);
  if (request.outpost_arn) throw errors::unsupported_operation("Outposts are not emulated.");
  ec2::Snapshot made = start_snapshot(call, volume,
                                      {.description = request.description.value_or(""),
                                       .tags = tags,
                                       .availability_zone = place_of(call, request, volume.volume)})
                           .snapshot;
  made.data_encryption_key_id.reset();  // told by DescribeSnapshots only
  made.tags = call.tags().of(*made.snapshot_id);
  return made;
}

// A pending snapshot fills evenly; of one that a client writes, the client says how far it is.
std::string progress_of(const Call& call, const state::Snapshot& snapshot) {
  if (snapshot.write_timeout_minutes) return snapshot.snapshot.progress.value_or("0%");
  const model::Timestamp start = snapshot.snapshot.start_time.value_or(call.now());
  const auto whole = snapshot.completes_at.value_or(start) - start;
  if (whole.count() <= 0) return "0%";
  return fmt::format("{}%", std::clamp<std::int64_t>(100 * (call.now() - start).count() / whole.count(), 0, 99));
}

using Permissions = std::vector<ec2::CreateVolumePermission>;

bool is_public(const Permissions& permissions) {
  return std::ranges::any_of(permissions, [](const auto& one) { return one.group == ec2::PermissionGroup::all; });
}

bool is_explicitly_for(const Permissions& permissions, std::string_view account) {
  return std::ranges::any_of(permissions, [&](const auto& one) { return one.user_id == account; });
}

bool is_account(std::string_view text) {
  return text.size() == 12 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

void check_users(const std::vector<std::string>& users, std::initializer_list<std::string_view> words) {
  for (const std::string& user : users)
    if (!is_account(user) && std::ranges::find(words, user) == words.end()) throw errors::malformed_user_id(user);
}

// Which of the snapshots that the caller may use the request is about, by owner and by who else may use them.
class Choice {
 public:
  Choice(const Call& call, const ec2::DescribeSnapshotsRequest& request)
      : account_(call.account()), owners_(request.owner_ids), users_(request.restorable_by_user_ids) {
    check_users(owners_, {"self", "amazon", "aws-marketplace", "aws-backup-vault"});
    check_users(users_, {"self", "all"});
  }

  bool is_only_own() const {
    return !owners_.empty() &&
           std::ranges::all_of(owners_, [&](const std::string& owner) { return owner == "self" || owner == account_; });
  }

  bool includes(const ec2::Snapshot& snapshot, const Permissions& permissions) const {
    const auto owns = [&](const std::string& owner) { return is_owned_by(owner, snapshot); };
    const auto may_use = [&](const std::string& user) { return is_usable_by(user, snapshot, permissions); };
    return (owners_.empty() || std::ranges::any_of(owners_, owns)) &&
           (users_.empty() || std::ranges::any_of(users_, may_use));
  }

 private:
  bool is_owned_by(const std::string& owner, const ec2::Snapshot& snapshot) const {
    if (owner == "self") return snapshot.owner_id == account_;
    return snapshot.owner_id == owner || snapshot.owner_alias == owner;
  }

  // Whom a snapshot is shared with by name is told to its owner only, and to them.
  bool is_usable_by(const std::string& user, const ec2::Snapshot& snapshot, const Permissions& permissions) const {
    if (user == "all") return is_public(permissions);
    const bool is_own = snapshot.owner_id == account_;
    if (user == "self" || user == account_) return is_own || is_explicitly_for(permissions, account_);
    return is_own && is_explicitly_for(permissions, user);
  }

  const std::string& account_;
  const std::vector<std::string>& owners_;
  const std::vector<std::string>& users_;
};

constexpr FilterRule kSnapshotFilters[] = {
    {"description", "Description"},    {"encrypted", "Encrypted"}, {"owner-alias", "OwnerAlias"},
    {"owner-id", "OwnerId"},           {"progress", "Progress"},   {"snapshot-id", "SnapshotId"},
    {"start-time", "StartTime"},       {"status", "State"},        {"storage-tier", "StorageTier"},
    {"transfer-type", "TransferType"}, {"volume-id", "VolumeId"},  {"volume-size", "VolumeSize"},
};

// One DescribeSnapshots. The catalogue's snapshots come behind all rows: their positions are beyond any row's number.
class Description {
 public:
  Description(Call& call, const ec2::DescribeSnapshotsRequest& request)
      : call_(call),
        choice_(call, request),
        listing_(kSnapshotFilters, request.filters,
                 page_of(request.max_results, request.next_token, "snapshotSet", !request.snapshot_ids.empty())) {}

  void add_named(const std::vector<std::string>& ids) {
    check_ids(kSnapshot, ids);
    std::vector<std::string> missing;
    for (const std::string& id : std::set(ids.begin(), ids.end())) {
      const auto snapshot = any_snapshot(call_, id);
      if (!snapshot)
        missing.push_back(id);
      else if (may_use(call_, *snapshot))
        offer(0, *snapshot);
    }
    if (!missing.empty()) throw not_found(kSnapshot, missing);
  }

  void add_all() {
    if (listing_.after() < kBehindRows && !add_rows()) return;
    if (!choice_.is_only_own()) add_catalogue();
  }

  ec2::DescribeSnapshotsResult result() { return {.next_token = listing_.next_token(), .snapshots = listing_.take()}; }

 private:
  static constexpr std::int64_t kBehindRows = std::int64_t{1} << 48;

  bool offer(std::int64_t position, const state::Snapshot& snapshot) {
    if (!choice_.includes(snapshot.snapshot, snapshot.create_volume_permissions)) return true;
    if (snapshot.snapshot.state != ec2::SnapshotState::pending) return offer(position, snapshot.snapshot);
    ec2::Snapshot shown = snapshot.snapshot;
    shown.progress = progress_of(call_, snapshot);
    return offer(position, shown);
  }
  bool offer(std::int64_t position, const ec2::Snapshot& snapshot) {
    return listing_.offer(position, snapshot, [&] { return call_.tags().of(*snapshot.snapshot_id); });
  }

  // False once the page is full.
  bool add_rows() {
    const auto grantees = call_.grantees();
    storage::Query query;
    query.after(listing_.after());
    if (!choice_.is_only_own()) query.or_shared(storage::kSnapshotShare, grantees);
    bool goes_on = true;
    call_.snapshots().scan(query, [&](std::int64_t row, const state::Snapshot& snapshot) {
      return goes_on = !may_use(call_, snapshot) || offer(row, snapshot);
    });
    return goes_on;
  }

  void add_catalogue() {
    static const Permissions permissions{{.group = ec2::PermissionGroup::all}};
    std::int64_t position = kBehindRows;
    for (const ec2::Snapshot& snapshot : call_.catalogue().snapshots(call_.region())) {
      if (++position <= listing_.after() || !choice_.includes(snapshot, permissions)) continue;
      if (!offer(position, snapshot)) return;
    }
  }

  Call& call_;
  Choice choice_;
  Listing<ec2::Snapshot> listing_;
};

ec2::DescribeSnapshotsResult describe_snapshots(Call& call, const ec2::DescribeSnapshotsRequest& request) {
  Description description(call, request);
  if (request.snapshot_ids.empty())
    description.add_all();
  else
    description.add_named(request.snapshot_ids);
  return description.result();
}

// A pending snapshot is deleted as soon as it is completed.
void delete_snapshot(Call& call, const ec2::DeleteSnapshotRequest& request) {
  state::Snapshot snapshot = find_own_snapshot(call, request.snapshot_id);
  check_deletable(call, snapshot);
  delete_snapshot_row(call, std::move(snapshot));
}

}  // namespace

std::span<const Operation> snapshot_operations() {
  static constexpr Operation kOperations[] = {
      bind<create_snapshot>(),
      bind<describe_snapshots>(),
      bind<delete_snapshot>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
