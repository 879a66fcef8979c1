// Storing images in Amazon S3 and restoring them. AWS: "Store and restore an AMI".
#include "handlers/errors.hpp"
#include "handlers/image_errors.hpp"
#include "handlers/image_transitions.hpp"
#include "handlers/images.hpp"
#include "handlers/listing.hpp"
#include "handlers/new_image.hpp"
#include "handlers/registry.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/snapshots.hpp"
#include "handlers/stored_objects.hpp"
#include "handlers/tagging.hpp"
#include "handlers/transitions.hpp"
#include "storage/image_task_tables.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

using Task = state::StoreImageTask;
using Object = state::StoredImage;

constexpr std::string_view kInProgress = "InProgress";
constexpr std::string_view kCompleted = "Completed";
constexpr std::string_view kFailed = "Failed";
constexpr std::string_view kStored = "image_store.completed";
constexpr std::size_t kMaxObjectTags = 10;
constexpr Duration kListed = std::chrono::days{31};

void check_object_tags(const std::vector<ec2::S3ObjectTag>& tags) {
  if (tags.size() > kMaxObjectTags)
    throw errors::invalid_parameter_value(fmt::format("An S3 object can have at most {} tags.", kMaxObjectTags));
  for (const ec2::S3ObjectTag& tag : tags)
    if (tag.key.value_or("").empty() || tag.key->size() > kMaxTagKeyLength ||
        tag.value.value_or("").size() > kMaxTagValueLength)
      throw errors::invalid_value("S3ObjectTag", tag.key.value_or(""),
                                  "Keys have 1 to 128 characters, values up to 256.");
}

ec2::CreateStoreImageTaskResult create_store_image_task(Call& call, const ec2::CreateStoreImageTaskRequest& request) {
  check_bucket(request.bucket);
  check_object_tags(request.s3_object_tags);
  const state::Image image = find_own_image(call, request.image_id);
  if (image.image.state != ec2::ImageState::available) throw errors::image_unavailable(request.image_id);
  const std::string key = request.image_id + ".bin";
  if (is_foreign_object(call, request.bucket, key)) throw errors::bucket_access_denied(request.bucket);
  Task row{.task_id = call.ids().make("store-image"), .task = {}};
  row.task = {.ami_id = request.image_id,
              .task_start_time = call.now(),
              .bucket = request.bucket,
              .s3object_key = key,
              .progress_percentage = 0,
              .store_task_state = std::string(kInProgress)};
  row.object_tags = request.s3_object_tags;
  call.table<Task>().insert(row);
  call.schedule(row.task_id, kStored, call.profile().image);
  return {.object_key = key};
}

// False when the image or one of its snapshots is gone.
bool store(Call& call, const Task& task) {
  auto image = call.images().find(*task.task.ami_id);
  if (!image || image->image.state != ec2::ImageState::available) return false;
  return put_object(call, {.bucket = *task.task.bucket,
                           .object_key = *task.task.s3object_key,
                           .object_tags = task.object_tags,
                           .image = *std::move(image),
                           .image_tags = call.tags().of(*task.task.ami_id)});
}

void finish_storing(Call& call, std::string_view task_id) {
  auto row = call.table<Task>().find(task_id);
  if (!row) return;
  if (store(call, *row)) {
    row->task.store_task_state = std::string(kCompleted);
    row->task.progress_percentage = 100;
  } else {
    row->task.store_task_state = std::string(kFailed);
    row->task.store_task_failure_reason = "The AMI or one of its snapshots is no longer available.";
  }
  call.table<Task>().update(*row);
}

constexpr FilterRule kTaskFilters[] = {{"task-state", "StoreTaskState"}, {"bucket", "Bucket"}};

// Tasks of the last 31 days.
ec2::DescribeStoreImageTasksResult describe_store_image_tasks(Call& call,
                                                              const ec2::DescribeStoreImageTasksRequest& request) {
  const auto& ids = request.image_ids;
  check_ids(kImage, ids);
  const Page page =
      page_of(request.max_results, request.next_token, "imageIdSet", !ids.empty(), {.least = 1, .most = 200});
  Listing<ec2::StoreImageTaskResult> listing(kTaskFilters, request.filters, page);
  call.table<Task>().scan(storage::Query().after(page.after), [&](std::int64_t position, const Task& row) {
    if (*row.task.task_start_time + kListed < call.now()) return true;
    if (!ids.empty() && std::ranges::find(ids, *row.task.ami_id) == ids.end()) return true;
    return listing.offer(position, row.task);
  });
  return {.store_image_task_results = listing.take(), .next_token = listing.next_token()};
}

// What the request says counts more than what the object remembers.
std::vector<ec2::Tag> merge_tags(std::vector<ec2::Tag> wanted, const std::vector<ec2::Tag>& kept) {
  for (const ec2::Tag& tag : kept)
    if (!tag.key->starts_with("aws:") && std::ranges::find(wanted, tag.key, &ec2::Tag::key) == wanted.end())
      wanted.push_back(tag);
  return wanted;
}

// The stored image under a new id: nobody else may launch it, and its own history does not come along.
state::Image image_from(Call& call, const Object& object, const std::string& name) {
  const ec2::Image& from = object.image.image;
  const ec2::Image fresh = new_image(call, name, from.description).image;
  state::Image made = object.image;
  ec2::Image& image = made.image;
  made.launch_permissions.clear();
  made.copy_of.reset();
  image.image_id = fresh.image_id;
  image.name = fresh.name;
  image.image_location = fresh.image_location;
  image.owner_id = fresh.owner_id;
  image.creation_date = fresh.creation_date;
  image.is_public = false;
  image.state = ec2::ImageState::pending;
  image.deregistration_protection = fresh.deregistration_protection;
  image.source_image_id = from.image_id;
  image.source_image_region = call.region();
  image.source_instance_id.reset();
  image.deprecation_time.reset();
  image.last_launched_time.reset();
  return made;
}

void restore_snapshots(Call& call, ec2::Image& image, const Object& object, const std::vector<ec2::Tag>& tags) {
  for (ec2::BlockDeviceMapping& mapping : image.block_device_mappings) {
    if (!mapping.ebs || !mapping.ebs->snapshot_id) continue;
    const auto kept = std::ranges::find(object.snapshots, mapping.ebs->snapshot_id,
                                        [](const state::Snapshot& row) { return row.snapshot.snapshot_id; });
    state::Snapshot made = copy_snapshot_of(call, *kept,
                                            {.source_region = call.region(),
                                             .description = fmt::format("Restored for {}", *image.image_id),
                                             .tags = merge_tags(tags, kept->snapshot.tags),
                                             .created_for_image_id = *image.image_id,
                                             .delay = call.profile().image_copy});
    made.snapshot.tags.clear();
    made.snapshot.transfer_type.reset();  // only copies of snapshots have one
    call.snapshots().update(made);
    mapping.ebs->snapshot_id = made.snapshot.snapshot_id;
    mapping.ebs->encrypted = made.snapshot.encrypted;
  }
}

ec2::CreateRestoreImageTaskResult create_restore_image_task(Call& call,
                                                            const ec2::CreateRestoreImageTaskRequest& request) {
  const auto tags = [&](const ResourceKind& kind) {
    return tags_for(request.tag_specifications, kind.type, {kImage.type, kSnapshot.type});
  };
  const auto image_tags = tags(kImage), snapshot_tags = tags(kSnapshot);
  check_bucket(request.bucket);
  const auto object = find_object(call, request.bucket, request.object_key);
  if (!object || object->disk_image_format) throw errors::object_not_found(request.bucket, request.object_key);
  const auto name = unless_empty(request.name);
  state::Image made = image_from(call, *object, name ? *name : object->image.image.name.value_or(""));
  restore_snapshots(call, made.image, *object, snapshot_tags);
  insert_image(call, made, merge_tags(image_tags, object->image_tags));
  complete_image_after(call, *made.image.image_id, call.profile().image_copy);
  return {.image_id = made.image.image_id};
}

}  // namespace

std::span<const Operation> image_store_operations() {
  static constexpr Operation kOperations[] = {
      bind<create_store_image_task>(),
      bind<describe_store_image_tasks>(),
      bind<create_restore_image_task>(),
  };
  return kOperations;
}

std::span<const Transition> image_store_transitions() {
  static constexpr Transition kTransitions[] = {{kStored, finish_storing}};
  return kTransitions;
}

}  // namespace amity::handlers
