#include "handlers/disk_containers.hpp"

#include "handlers/block_maps.hpp"
#include "handlers/image_tasks.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/stored_objects.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

constexpr std::int32_t kUnknownDiskGib = 8;
constexpr std::string_view kArchive = "OVA";  // holds disks of another format

std::string in_capitals(std::string_view text) {
  std::string capitals(text);
  for (char& c : capitals)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return capitals;
}

ec2::UserBucketDetails object_at(std::string_view bucket, std::string_view key) {
  return {.s3_bucket = std::string(bucket), .s3_key = std::string(key)};
}

bool take_start(std::string_view& text, std::string_view start) {
  if (!text.starts_with(start)) return false;
  text.remove_prefix(start.size());
  return true;
}

bool is_s3_host(std::string_view host) {
  return (host.starts_with("s3.") || host.starts_with("s3-")) && host.find(".amazonaws.com") != std::string_view::npos;
}

// "https://s3.amazonaws.com/bucket/key", "https://bucket.s3.us-east-1.amazonaws.com/key?signature"
std::optional<ec2::UserBucketDetails> object_of_https(std::string_view rest) {
  rest = rest.substr(0, rest.find('?'));
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view host = rest.substr(0, slash);
  std::string_view path = rest.substr(std::min(slash + 1, rest.size()));
  if (is_s3_host(host)) {
    const std::size_t end = path.find('/');
    if (end == std::string_view::npos) return std::nullopt;
    return object_at(path.substr(0, end), path.substr(end + 1));
  }
  for (std::size_t dot = host.find('.'); dot != std::string_view::npos; dot = host.find('.', dot + 1))
    if (is_s3_host(host.substr(dot + 1))) return object_at(host.substr(0, dot), path);
  return std::nullopt;
}

// The object that a URL names; nullopt for one that is not of Amazon S3.
std::optional<ec2::UserBucketDetails> object_of(std::string_view url) {
  std::string_view rest = url;
  if (take_start(rest, "s3://") || take_start(rest, "S3://")) {
    const std::size_t slash = rest.find('/');
    if (slash == std::string_view::npos) throw errors::invalid_conversion("Invalid S3 source location");
    return object_at(rest.substr(0, slash), rest.substr(slash + 1));
  }
  if (!take_start(rest, "https://") && !take_start(rest, "http://"))
    throw errors::invalid_conversion("Invalid S3 source location");
  return object_of_https(rest);
}

void check_object(Call& call, const ec2::UserBucketDetails& object) {
  if (object.s3_bucket.value_or("").empty() || object.s3_key.value_or("").empty())
    throw errors::invalid_conversion("Invalid S3 source location");
  check_bucket(*object.s3_bucket);
  // The account's role cannot read what another account keeps to itself.
  if (is_foreign_object(call, *object.s3_bucket, *object.s3_key))
    throw errors::invalid_conversion(
        "The service role vmimport provided does not exist or does not have sufficient permissions");
}

FoundDisk disk_of(Call& call, const state::Snapshot& snapshot) {
  return {.bytes = static_cast<double>(snapshot_size(call, snapshot.snapshot).full_bytes),
          .gib = snapshot.snapshot.volume_size.value_or(0),
          .source = snapshot};
}

TaskFailure unsupported_file(std::string_view format) {
  return {fmt::format("ClientError: Disk validation failed [Unsupported {} File Format]", format)};
}

// Whether a request that names the format, or none, can mean a file of that kind.
void check_format(const std::optional<std::string>& asked, const std::optional<std::string>& kept) {
  if (!kept || (asked && asked != kArchive && asked != kept)) throw unsupported_file(asked.value_or("Disk Image"));
}

state::Snapshot snapshot_of_unknown(Call& call, const FoundDisk& disk, std::string description,
                                    const Encryption& encryption) {
  state::Snapshot row{.snapshot = pending_snapshot(call, std::move(description))};
  ec2::Snapshot& snapshot = row.snapshot;
  snapshot.state = ec2::SnapshotState::completed;
  snapshot.progress = "100%";
  snapshot.completion_time = call.now();
  snapshot.volume_id = kNoVolume;
  snapshot.volume_size = disk.gib;
  snapshot.encrypted = encryption.encrypted;
  snapshot.kms_key_id = encryption.kms_key_id;
  if (encryption.encrypted) snapshot.data_encryption_key_id = call.ids().uuid();
  snapshot.full_snapshot_size_in_bytes = full_size_in_bytes(snapshot);
  call.snapshots().insert(row);
  ensure_blocks(call, snapshot);
  return row;
}

}  // namespace

DiskPlace read_place(Call& call, const std::optional<std::string>& url, const std::optional<ec2::UserBucket>& bucket) {
  if (url.has_value() == bucket.has_value())
    throw errors::invalid_conversion("A disk container names a URL or a bucket, and not both.");
  DiskPlace place{.url = url};
  if (bucket)
    place.user_bucket = object_at(bucket->s3_bucket.value_or(""), bucket->s3_key.value_or(""));
  else
    place.user_bucket = object_of(*url);
  if (place.user_bucket) check_object(call, *place.user_bucket);
  return place;
}

std::optional<std::string> read_format(const std::optional<std::string>& named, const DiskPlace& place,
                                       std::span<const std::string_view> allowed) {
  const auto is_allowed = [&](std::string_view format) { return std::ranges::find(allowed, format) != allowed.end(); };
  if (named) {
    std::string format = in_capitals(*named);
    if (!is_allowed(format))
      throw errors::invalid_conversion(
          fmt::format("Invalid disk image format {}. Expecting one of: {}.", *named, fmt::join(allowed, ", ")));
    return format;
  }
  if (!place.user_bucket) return std::nullopt;
  const std::string& key = *place.user_bucket->s3_key;
  std::string ending = in_capitals(key.substr(key.rfind('.') + 1));
  return is_allowed(ending) ? std::optional(std::move(ending)) : std::nullopt;
}

std::vector<FoundDisk> find_disks(Call& call, const std::optional<ec2::UserBucketDetails>& place,
                                  const std::optional<std::string>& format) {
  const auto object = place ? find_object(call, *place->s3_bucket, *place->s3_key) : std::nullopt;
  if (!object)
    return {{.format = format == kArchive ? "VMDK" : format.value_or(""),
             .bytes = static_cast<double>(kUnknownDiskGib * kGibBytes),
             .gib = kUnknownDiskGib}};
  check_format(format, object->disk_image_format);
  std::vector<FoundDisk> disks;
  for (const state::Snapshot& kept : object->snapshots) {
    FoundDisk& disk = disks.emplace_back(disk_of(call, kept));
    disk.format = *object->disk_image_format;
    disk.platform = object->image.image.platform;
  }
  return disks;
}

FoundDisk find_disk(Call& call, const std::string& snapshot_id) {
  const auto snapshot = usable_snapshot(call, snapshot_id);
  if (!snapshot) throw TaskFailure{fmt::format("ClientError: The snapshot {} does not exist.", snapshot_id)};
  check_completed(*snapshot);
  return disk_of(call, *snapshot);
}

state::Snapshot import_disk(Call& call, const FoundDisk& disk, const std::string& task_id, const Encryption& encryption,
                            const std::string& image_id) {
  if (encryption.encrypted && !can_use_key(call, encryption.kms_key_id.value_or("")))
    throw TaskFailure{"ClientError: The KMS key cannot be used."};
  std::string description = fmt::format("Created by AWS-VMImport service for {}", task_id);
  if (!disk.source) return snapshot_of_unknown(call, disk, std::move(description), encryption);
  state::Snapshot made =
      copy_snapshot_of(call, *disk.source,
                       {.source_region = call.region(),
                        .description = std::move(description),
                        .encryption = {.encrypted = encryption.encrypted ? std::optional(true) : std::nullopt,
                                       .kms_key_id = encryption.kms_key_id},
                        .created_for_image_id = image_id});
  made.snapshot.transfer_type.reset();  // only copies of snapshots have one
  call.snapshots().update(made);
  return made;
}

}  // namespace amity::handlers
