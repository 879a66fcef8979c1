// Disks to be imported: where requests say they are, what is found there, and the snapshots that are made of them.
#pragma once

#include "handlers/call.hpp"
#include "handlers/encryption.hpp"
#include "model/ec2.hpp"
#include "model/state.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace amity::handlers {

// Where a disk image lies: in a bucket, or under a URL, which is not read unless it is one of Amazon S3.
struct DiskPlace {
  std::optional<std::string> url{};
  std::optional<ec2::UserBucketDetails> user_bucket{};
};

// Throws InvalidParameter for both or neither, for half a bucket, a URL that is none, and for an object of another
// account; InvalidParameterValue for what is no name of a bucket.
DiskPlace read_place(Call& call, const std::optional<std::string>& url, const std::optional<ec2::UserBucket>& bucket);

// The format in capitals, as EC2 shows it; that of the name's ending when the request does not say it. Throws
// InvalidParameter for one that is not among `allowed`.
std::optional<std::string> read_format(const std::optional<std::string>& named, const DiskPlace& place,
                                       std::span<const std::string_view> allowed);

// A disk that was found.
struct FoundDisk {
  std::string format{};                     // "VMDK"; empty when nobody knows
  double bytes = 0;                         // of the file
  std::int32_t gib = 0;                     // of the disk
  std::optional<state::Snapshot> source{};  // what it holds; nullopt: nothing but zeros is known, all of it written
  std::optional<std::string> platform{};    // "windows", of an image that was exported
};

// The disks of a file. What no export has written is taken for one disk of eight GiB. Throws TaskFailure for a file
// that is no disk image, or one of another format.
std::vector<FoundDisk> find_disks(Call& call, const std::optional<ec2::UserBucketDetails>& place,
                                  const std::optional<std::string>& format);
// A snapshot that the caller may use as a disk. Throws TaskFailure when it is gone.
FoundDisk find_disk(Call& call, const std::string& snapshot_id);

// The caller's new snapshot of a disk, made by the task. Throws TaskFailure when the key cannot be used.
state::Snapshot import_disk(Call& call, const FoundDisk& disk, const std::string& task_id, const Encryption& encryption,
                            const std::string& image_id = {});

}  // namespace amity::handlers
