// Months of one account in which anything that is metered may happen, with a ledger that is kept beside it by AWS's
// rules.
#pragma once

#include "handlers/block_maps.hpp"
#include "handlers/digest.hpp"
#include "handlers/volume_writes.hpp"
#include "model/ebs.hpp"
#include "model/encoding.hpp"
#include "model/rbin.hpp"
#include "tests/emulator/bill_models.hpp"
#include "tests/handlers/ebs_builder.hpp"
#include "tests/handlers/instance_builder.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace amity::tests {

inline constexpr int kEvents = 220;
inline const char* const kElsewhere = "eu-west-1";

class History {
 public:
  explicit History(unsigned seed) : random_(seed), keeps_deleted_(seed % 2 == 0), ledger_(0) {
    world_.advance(std::chrono::seconds(15));  // to a tick
    ledger_ = Ledger(handlers::seconds_of(world_.now()));
    if (keeps_deleted_)
      world_.call(rbin::CreateRuleRequest{.retention_period = {1, "DAYS"}, .resource_type = "EBS_SNAPSHOT"});
    const auto subnets = world_.call(ec2::DescribeSubnetsRequest{}).subnets;
    for (int i = 0; i < 2; ++i)
      interfaces_[*world_.call(ec2::CreateNetworkInterfaceRequest{.subnet_id = *subnets.front().subnet_id})
                       .network_interface->network_interface_id] = nullptr;
    for (auto& [id, item] : interfaces_) item = ledger_.add(id);
  }

  void run() {
    for (int event = 0; event < kEvents; ++event) {
      try {
        do_something();
      } catch (const handlers::ApiError& error) {
        FAIL("event " << event << ": " << error.message());
      }
      settle();
      pass(kTick * (below(4) == 0 ? below(5) : below(3600)));
    }
    while (ledger_.now() % kHour != 0) pass(kTick);
  }

  World& world() { return world_; }
  const Ledger& ledger() const { return ledger_; }

 private:
  int below(std::size_t limit) { return static_cast<int>(random_() % limit); }
  template <class T>
  T& any(std::vector<T>& list) {
    return list[static_cast<std::size_t>(below(list.size()))];
  }
  std::vector<ModelSnapshot*> usable() {
    std::vector<ModelSnapshot*> found;
    for (const auto& snapshot : snapshots_)
      if (snapshot->is_standard && !snapshot->forgotten_at) found.push_back(snapshot.get());
    return found;
  }

  void do_something() {
    switch (below(20)) {
      case 0: return launch_instance();
      case 1: return stop_or_start();
      case 2: return terminate();
      case 3: return create_volume();
      case 4: return modify_volume();
      case 5: return delete_volume();
      case 6:
      case 7: return write();
      case 8:
      case 9: return create_snapshot();
      case 10: return copy_here();
      case 11: return copy_elsewhere();
      case 12: return archive_or_restore();
      case 13: return delete_snapshot();
      case 14: return delete_elsewhere();
      case 15: return fast_restore();
      case 16: return use_address();
      case 17: return write_directly();
      case 18: return read_directly();
      default: return tag();
    }
  }

  // Lets happen what is due, and the model know of it.
  void settle() {
    world_.call(ec2::DescribeVolumesRequest{});
    pay_for_blocks(snapshots_, "EBS:");
    pay_for_blocks(elsewhere_, "EU-EBS:");
  }

  void pass(std::int64_t time) {
    for (std::int64_t passed = 0; passed < time; passed += kTick) {
      ledger_.tick();
      for (const auto& snapshot : snapshots_) {
        if (snapshot->restored_until && snapshot->restored_until <= ledger_.now()) {
          snapshot->restored_until = 0;
          snapshot->is_standard = false;
          end_fast_restores(*snapshot);
          pay_for_blocks(snapshots_, "EBS:");
        }
      }
      const auto forgotten = std::erase_if(snapshots_, [&](const auto& snapshot) {
        if (!snapshot->forgotten_at || snapshot->forgotten_at > ledger_.now()) return false;
        end(*snapshot);
        return true;
      });
      if (forgotten > 0 || ledger_.now() % kHour == 0) pay_for_blocks(snapshots_, "EBS:");
    }
    world_.advance(std::chrono::seconds(time));
  }

  // The oldest snapshot that shows a write pays for it.
  void pay_for_blocks(std::vector<std::unique_ptr<ModelSnapshot>>& snapshots, const std::string& prefix) {
    std::set<int> paid;
    for (const auto& snapshot : snapshots) {
      std::int64_t stored = 0;
      if (snapshot->is_standard)
        for (const int write : snapshot->map) stored += write != 0 && paid.insert(write).second ? 1 : 0;
      std::vector<Use> uses;
      if (stored) uses.push_back(ledger_.use(prefix + "SnapshotUsage", stored));
      if (snapshot->archived_since) uses.push_back(ledger_.use(prefix + "SnapshotArchiveStorage", snapshot->full()));
      ledger_.set(snapshot->item, std::move(uses));
    }
  }

  void leave_archive(ModelSnapshot& snapshot) {
    if (!snapshot.archived_since) return;
    const std::int64_t missing = 90 * kDay - (ledger_.now() - snapshot.archived_since);
    ledger_.count(snapshot.item, "EBS:SnapshotArchiveEarlyDelete", snapshot.full() * ((missing + kHour / 2) / kHour));
    snapshot.archived_since = 0;
  }
  void end_fast_restores(ModelSnapshot& snapshot) {
    for (const std::string& zone : snapshot.fast_zones) ledger_.set(fast_items_[snapshot.item->id + zone], {});
    snapshot.fast_zones.clear();
  }
  void end(ModelSnapshot& snapshot) {
    leave_archive(snapshot);
    end_fast_restores(snapshot);
    ledger_.set(snapshot.item, {});
  }

  void launch_instance() {
    if (instances_.size() > 4) return;
    ModelInstance made{.id = launch(world_)};
    settle();
    const ec2::Instance shown = instance_of(world_, made.id);
    made.item = ledger_.add(made.id);
    made.interface = ledger_.add(*shown.network_interfaces.at(0).network_interface_id);
    ModelVolume root{.item = ledger_.add(*shown.block_device_mappings.at(0).ebs->volume_id), .is_root = true};
    ledger_.set(root.item, volume_uses(ledger_, describe_volume(world_, root.item->id)));
    volumes_.push_back(std::move(root));
    roots_[made.id] = volumes_.back().item;
    run_instance(made);
    instances_.push_back(made);
  }
  void run_instance(ModelInstance& instance) {
    instance.runs = true;
    ledger_.set(instance.item, {ledger_.use("BoxUsage:t3.micro", 1, 60)});
    ledger_.set(instance.interface, {ledger_.use("PublicIPv4:InUseAddress", 1)});
  }
  void end_run(ModelInstance& instance) {
    instance.runs = false;
    ledger_.set(instance.item, {});
    ledger_.set(instance.interface, {});
  }
  void stop_or_start() {
    if (instances_.empty()) return;
    ModelInstance& instance = any(instances_);
    if (instance.runs) {
      stop(world_, instance.id);
      end_run(instance);
    } else {
      world_.call(ec2::StartInstancesRequest{.instance_ids = {instance.id}});
      run_instance(instance);
    }
  }
  void terminate() {
    if (instances_.empty()) return;
    const auto index = below(instances_.size());
    ModelInstance& instance = instances_[static_cast<std::size_t>(index)];
    world_.call(ec2::TerminateInstancesRequest{.instance_ids = {instance.id}});
    end_run(instance);
    Item* root = roots_.at(instance.id);
    ledger_.set(root, {});
    std::erase_if(volumes_, [&](const ModelVolume& volume) { return volume.item == root; });
    instances_.erase(instances_.begin() + index);
  }

  void create_volume() {
    if (volumes_.size() > 12) return;
    ModelVolume made;
    std::vector<ModelSnapshot*> sources = usable();
    ec2::CreateVolumeRequest request{.size = 10 + below(20), .volume_type = "gp2"};
    if (below(3) == 0)
      request.volume_type = "gp3", request.iops = 3000 + below(1000), request.throughput = 125 + below(100);
    if (below(4) == 0) request.volume_type = "io1", request.iops = 100 + below(400), request.throughput.reset();
    made.lineage = ++last_lineage_;
    if (!sources.empty() && below(2) == 0) {
      const ModelSnapshot* source = any(sources);
      request.snapshot_id = source->item->id;
      request.size = 30;
      made.map = source->map;
      made.lineage = source->lineage;
    }
    made.item = ledger_.add(make_volume(world_, request));
    ledger_.set(made.item, volume_uses(ledger_, describe_volume(world_, made.item->id)));
    volumes_.push_back(std::move(made));
  }
  ModelVolume* any_volume() {
    std::vector<ModelVolume*> found;
    for (ModelVolume& volume : volumes_)
      if (!volume.is_root) found.push_back(&volume);
    return found.empty() ? nullptr : any(found);
  }
  void modify_volume() {
    ModelVolume* volume = any_volume();
    if (!volume) return;
    ec2::ModifyVolumeRequest request{.volume_id = volume->item->id, .volume_type = "gp3"};
    request.iops = 3000 + below(2000);
    request.throughput = 125 + below(200);
    if (!world_.error_of(request).empty()) return;  // it was modified often of late
    settle();
    ledger_.set(volume->item, volume_uses(ledger_, describe_volume(world_, volume->item->id)));
  }
  void delete_volume() {
    ModelVolume* volume = any_volume();
    if (!volume) return;
    world_.call(ec2::DeleteVolumeRequest{.volume_id = volume->item->id});
    ledger_.set(volume->item, {});
    std::erase_if(volumes_, [item = volume->item](const ModelVolume& one) { return one.item == item; });
  }
  void write() {
    ModelVolume* volume = any_volume();
    if (!volume) return;
    const int start = below(kBlocks), length = 1 + below(static_cast<std::size_t>(std::min(kBlocks - start, 300)));
    handlers::Call call = world_.make_call();
    handlers::write_volume(call, volume->item->id, start * storage::kBlockBytes, length * storage::kBlockBytes);
    for (int block = start; block < start + length; ++block)
      volume->map[static_cast<std::size_t>(block)] = ++last_write_;
  }

  ModelSnapshot* keep(std::vector<std::unique_ptr<ModelSnapshot>>& list, const std::string& id, std::vector<int> map,
                      int lineage) {
    list.push_back(std::make_unique<ModelSnapshot>());
    ModelSnapshot& kept = *list.back();
    kept.item = ledger_.add(id);
    kept.map = std::move(map);
    kept.lineage = lineage;
    return &kept;
  }
  void create_snapshot() {
    if (const ModelVolume* volume = any_volume())
      keep(snapshots_, make_snapshot(world_, volume->item->id), volume->map, volume->lineage);
  }
  void copy_here() {
    std::vector<ModelSnapshot*> sources = usable();
    std::erase_if(sources, [](const ModelSnapshot* one) { return one->is_changed; });
    if (sources.empty()) return;
    const ModelSnapshot& source = *any(sources);
    const auto copy =
        world_.call(ec2::CopySnapshotRequest{.source_region = "us-east-1", .source_snapshot_id = source.item->id});
    keep(snapshots_, *copy.snapshot_id, source.map, source.lineage);
  }
  // In full, or what has changed since the latest copy of the lineage, while that is there.
  void copy_elsewhere() {
    std::vector<ModelSnapshot*> sources = usable();
    std::erase_if(sources, [](const ModelSnapshot* one) { return one->is_changed; });
    if (sources.empty()) return;
    const ModelSnapshot& source = *any(sources);
    world_.in(kElsewhere);
    const std::string id =
        *world_.call(ec2::CopySnapshotRequest{.source_region = "us-east-1", .source_snapshot_id = source.item->id})
             .snapshot_id;
    world_.call(ec2::DescribeSnapshotsRequest{.snapshot_ids = {id}});
    world_.in("us-east-1");
    const auto latest =
        std::ranges::find(elsewhere_, latest_copies_[source.lineage], [](const auto& one) { return one->item->id; });
    std::vector<int> map(kBlocks, 0);
    std::int64_t moved = 0;
    for (std::size_t block = 0; block < map.size(); ++block) {
      if (source.map[block] == 0) continue;
      const bool is_there = latest != elsewhere_.end() && (*latest)->source[block] == source.map[block];
      map[block] = is_there ? (*latest)->map[block] : ++last_write_;
      if (!is_there) ++moved;
    }
    ModelSnapshot* copy = keep(elsewhere_, id, map, source.lineage);
    copy->source = source.map;
    latest_copies_[source.lineage] = id;
    ledger_.count(source.item, "USE1-EU-AWS-Out-Bytes", moved);
    ledger_.count(copy->item, "EU-USE1-AWS-In-Bytes", moved);
  }
  void delete_elsewhere() {
    if (elsewhere_.empty()) return;
    const auto index = below(elsewhere_.size());
    ModelSnapshot& snapshot = *elsewhere_[static_cast<std::size_t>(index)];
    world_.in(kElsewhere);
    world_.call(ec2::DeleteSnapshotRequest{.snapshot_id = snapshot.item->id});
    world_.in("us-east-1");
    end(snapshot);
    elsewhere_.erase(elsewhere_.begin() + index);
  }
  void delete_snapshot() {
    std::vector<ModelSnapshot*> there;
    for (const auto& one : snapshots_)
      if (!one->forgotten_at) there.push_back(one.get());
    if (there.empty()) return;
    ModelSnapshot* snapshot = any(there);
    world_.call(ec2::DeleteSnapshotRequest{.snapshot_id = snapshot->item->id});
    end_fast_restores(*snapshot);
    if (keeps_deleted_) {
      snapshot->forgotten_at = ledger_.now() + kDay;
      if (below(2) == 0) {
        pass(kHour);
        world_.call(ec2::RestoreSnapshotFromRecycleBinRequest{.snapshot_id = snapshot->item->id});
        snapshot->forgotten_at = 0;
      }
      return;
    }
    end(*snapshot);
    std::erase_if(snapshots_, [&](const auto& one) { return one.get() == snapshot; });
  }
  void archive_or_restore() {
    std::vector<ModelSnapshot*> there;
    for (const auto& one : snapshots_)
      if (!one->forgotten_at && one->full() > 0) there.push_back(one.get());
    if (there.empty()) return;
    ModelSnapshot& snapshot = *any(there);
    const std::string& id = snapshot.item->id;
    if (snapshot.is_standard && !snapshot.restored_until) {
      world_.call(ec2::ModifySnapshotTierRequest{.snapshot_id = id, .storage_tier = "archive"});
      end_fast_restores(snapshot);
      snapshot.archived_since = ledger_.now();
      snapshot.is_standard = false;
      snapshot.is_changed = true;
      return;
    }
    const bool is_for_good = below(2) == 0;
    ec2::RestoreSnapshotTierRequest request{.snapshot_id = id};
    const int days = 1 + below(4);
    is_for_good ? request.permanent_restore = true : request.temporary_restore_days = days;
    world_.call(request);
    if (!snapshot.is_standard) {
      ledger_.count(snapshot.item, "EBS:SnapshotArchiveRetrieval", snapshot.full());
      // It comes back with blocks of its own.
      for (int& write : snapshot.map)
        if (write) write = ++last_write_;
    }
    snapshot.is_standard = true;
    snapshot.restored_until = is_for_good ? 0 : ledger_.now() + days * kDay;
    if (is_for_good) leave_archive(snapshot);
  }
  void fast_restore() {
    std::vector<ModelSnapshot*> there = usable();
    std::erase_if(there, [](const ModelSnapshot* one) { return one->restored_until != 0; });
    if (there.empty()) return;
    ModelSnapshot& snapshot = *any(there);
    const std::string zone = below(2) == 0 ? "us-east-1a" : "us-east-1b", &id = snapshot.item->id;
    Item*& item = fast_items_[id + zone];
    if (snapshot.fast_zones.erase(zone)) {
      world_.call(ec2::DisableFastSnapshotRestoresRequest{.availability_zones = {zone}, .source_snapshot_ids = {id}});
      return ledger_.set(item, {});
    }
    const auto made =
        world_.call(ec2::EnableFastSnapshotRestoresRequest{.availability_zones = {zone}, .source_snapshot_ids = {id}});
    if (made.successful.empty()) return;  // there are too many
    snapshot.fast_zones.insert(zone);
    if (!item) item = ledger_.add(id);
    ledger_.set(item, {ledger_.use("EBS:FastSnapshotRestore", 1, kHour)});
  }

  void use_address() {
    if (addresses_.empty() || (addresses_.size() < 4 && below(3) == 0)) {
      ModelAddress made{.item = ledger_.add(*world_.call(ec2::AllocateAddressRequest{}).allocation_id)};
      ledger_.set(made.item, {ledger_.use("PublicIPv4:IdleAddress", 1)});
      addresses_.push_back(made);
      return;
    }
    const auto index = below(addresses_.size());
    ModelAddress& address = addresses_[static_cast<std::size_t>(index)];
    if (!address.interface.empty()) {
      world_.call(ec2::DisassociateAddressRequest{.association_id = address.association});
      ledger_.set(interfaces_.at(address.interface), {});
      ledger_.set(address.item, {ledger_.use("PublicIPv4:IdleAddress", 1)});
      address.interface.clear();
      return;
    }
    for (const auto& [id, item] : interfaces_) {
      if (!item->uses.empty()) continue;
      address.association =
          *world_.call(ec2::AssociateAddressRequest{.allocation_id = address.item->id, .network_interface_id = id})
               .association_id;
      address.interface = id;
      ledger_.set(item, {ledger_.use("PublicIPv4:InUseAddress", 1)});
      return ledger_.set(address.item, {});
    }
    world_.call(ec2::ReleaseAddressRequest{.allocation_id = address.item->id});
    ledger_.set(address.item, {});
    addresses_.erase(addresses_.begin() + index);
  }

  void write_directly() {
    const std::string id = *world_.call(ebs::StartSnapshotRequest{.volume_size = 1}).snapshot_id;
    std::vector<int> map(kBlocks, 0);
    const std::string bytes(static_cast<std::size_t>(storage::kBlockBytes), 'x');
    const int puts = 1 + below(2);
    for (int put = 0; put < puts; ++put) {
      const int block = 7 * put;
      world_.call(ebs::PutSnapshotBlockRequest{
          .snapshot_id = id,
          .block_index = block,
          .block_data = bytes,
          .data_length = static_cast<std::int32_t>(bytes.size()),
          .checksum = model::base64_encode(handlers::digest(handlers::DigestAlgorithm::Sha256, bytes)),
          .checksum_algorithm = "SHA256"});
      map[static_cast<std::size_t>(block)] = ++last_write_;
    }
    world_.call(ebs::CompleteSnapshotRequest{.snapshot_id = id, .changed_blocks_count = puts});
    ModelSnapshot* made = keep(snapshots_, id, std::move(map), ++last_lineage_);
    ledger_.count(made->item, "EBS:directAPI.snapshot.Put", puts);
  }
  void read_directly() {
    const std::vector<ModelSnapshot*> there = usable();
    if (there.empty()) return;
    ModelSnapshot& snapshot = *there[static_cast<std::size_t>(below(there.size()))];
    const std::string& id = snapshot.item->id;
    const auto listed = world_.call(ebs::ListSnapshotBlocksRequest{.snapshot_id = id});
    ledger_.count(snapshot.item, "EBS:directAPI.snapshot.List", 1);
    if (listed.blocks.empty()) return;
    world_.call(ebs::GetSnapshotBlockRequest{
        .snapshot_id = id, .block_index = *listed.blocks[0].block_index, .block_token = *listed.blocks[0].block_token});
    ledger_.count(snapshot.item, "EBS:directAPI.snapshot.Get", 1);
  }

  void tag() {
    ModelVolume* volume = any_volume();
    if (!volume) return;
    const std::string value = std::vector<std::string>{"", "red", "blue"}[static_cast<std::size_t>(below(3))];
    if (value.empty())
      world_.call(ec2::DeleteTagsRequest{.resources = {volume->item->id}, .tags = {{.key = "team"}}});
    else
      world_.call(ec2::CreateTagsRequest{.resources = {volume->item->id}, .tags = {{.key = "team", .value = value}}});
    volume->item->tag = value;
  }

  World world_;
  std::mt19937 random_;
  bool keeps_deleted_;
  Ledger ledger_;
  std::vector<ModelInstance> instances_;
  std::map<std::string, Item*> roots_;  // by instance
  std::vector<ModelVolume> volumes_;
  std::vector<std::unique_ptr<ModelSnapshot>> snapshots_, elsewhere_;  // the oldest first
  std::map<int, std::string> latest_copies_;                           // by lineage
  std::map<std::string, Item*> fast_items_;                            // by snapshot and zone
  std::vector<ModelAddress> addresses_;
  std::map<std::string, Item*> interfaces_;
  int last_write_ = 0, last_lineage_ = 0;
};

}  // namespace amity::tests
