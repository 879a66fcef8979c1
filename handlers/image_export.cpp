// ExportImage: an image becomes an object in Amazon S3, which ImportImage and ImportSnapshot read. AWS: "Exporting a VM
// directly from an AMI" in the VM Import/Export user guide.
#include "handlers/candidates.hpp"
#include "handlers/image_errors.hpp"
#include "handlers/image_tasks.hpp"
#include "handlers/images.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"
#include "handlers/stored_objects.hpp"
#include "handlers/transitions.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace amity::handlers {
namespace {

using Row = state::ExportImageTask;

constexpr std::size_t kMaxActive = 5;
constexpr std::int32_t kMostGib = 1024;

// Systems that AWS licenses: all but Linux/UNIX, and what the customer brings a license for.
bool is_licensed_by_aws(const ec2::Image& image) {
  const std::string details = image.platform_details.value_or("Linux/UNIX");
  return !image.product_codes.empty() || (details != "Linux/UNIX" && details.find("BYOL") == std::string::npos);
}

void check_exportable(const ec2::Image& image) {
  const auto refuse = [&](std::string_view why) {
    throw errors::invalid_conversion(
        fmt::format("The image ID ({}) provided {} and is not exportable.", *image.image_id, why));
  };
  if (image.state != ec2::ImageState::available) throw errors::image_unavailable(*image.image_id);
  if (is_licensed_by_aws(image)) refuse("contains AWS-licensed software");
  for (const ec2::BlockDeviceMapping& mapping : image.block_device_mappings) {
    if (!mapping.ebs) continue;
    if (mapping.ebs->encrypted.value_or(false)) refuse("has encrypted EBS block devices");
    if (mapping.ebs->volume_size.value_or(0) > kMostGib) refuse("has volumes larger than 1 TiB");
  }
}

void check_no_other_export(Call& call, const std::string& image_id) {
  call.table<Row>().scan(storage::Query().where("status", kTaskActive), [&](std::int64_t, const Row& row) {
    if (row.export_image_task.image_id == image_id)
      throw errors::invalid_conversion(fmt::format("The image ID ({}) provided is being exported already.", image_id));
    return true;
  });
}

std::string key_of(const Row& row) {
  const ec2::ExportImageTask& task = row.export_image_task;
  std::string ending = row.disk_image_format.value_or("");
  for (char& c : ending) c = static_cast<char>(c - 'A' + 'a');
  return fmt::format("{}{}.{}", task.s3_export_location->s3_prefix.value_or(""), *task.export_image_task_id, ending);
}

// Ignored: RoleName, but for the answer, because no role has to allow the writing.
ec2::ExportImageResult export_image(Call& call, const ec2::ExportImageRequest& request) {
  const auto tags = tags_for(request.tag_specifications, kExportImageTask.type, {kExportImageTask.type});
  check_bucket(request.s3_export_location.s3_bucket);
  check_exportable(find_own_image(call, request.image_id).image);
  check_no_other_export(call, request.image_id);
  check_active_tasks<Row>(call, kMaxActive);
  Row row{.disk_image_format = request.disk_image_format};
  ec2::ExportImageTask& task = row.export_image_task;
  task.export_image_task_id = call.ids().make(kExportImageTask.prefix);
  task.description = request.description;
  task.image_id = request.image_id;
  task.s3_export_location = ec2::ExportTaskS3Location{.s3_bucket = request.s3_export_location.s3_bucket,
                                                      .s3_prefix = request.s3_export_location.s3_prefix};
  begin_task(call, image_export_course(), row, tags);
  return {.description = task.description,
          .disk_image_format = request.disk_image_format,
          .export_image_task_id = task.export_image_task_id,
          .image_id = task.image_id,
          .role_name = request.role_name,
          .progress = task.progress,
          .s3_export_location = task.s3_export_location,
          .status = task.status,
          .status_message = task.status_message,
          .tags = call.tags().of(*task.export_image_task_id)};
}

ec2::DescribeExportImageTasksResult describe_export_image_tasks(Call& call,
                                                                const ec2::DescribeExportImageTasksRequest& request) {
  static constexpr FilterRule kFilters[] = {{"task-state", "Status"}};
  const auto& ids = request.export_image_task_ids;
  const Page page =
      page_of(request.max_results, request.next_token, "exportImageTaskIdSet", !ids.empty(), {.least = 1, .most = 500});
  Listing<ec2::ExportImageTask> listing(kFilters, request.filters, page);
  visit_candidates(call.table<Row>(), kExportImageTask, ids, storage::Query().after(page.after),
                   [&](std::int64_t position, const Row& row) {
                     const ec2::ExportImageTask& task = row.export_image_task;
                     return listing.offer(position, task, [&] { return call.tags().of(*task.export_image_task_id); });
                   });
  return {.export_image_tasks = listing.take(), .next_token = listing.next_token()};
}

// Tasks that export instances do not exist here.
void cancel_export_task(Call& call, const ec2::CancelExportTaskRequest& request) {
  cancel_task(call, image_export_course(), request.export_task_id, "User initiated task cancelation");
}

void write_object(Call& call, Row& row) {
  const ec2::ExportImageTask& task = row.export_image_task;
  auto image = call.images().find(*task.image_id);
  const bool is_there = image && image->image.state == ec2::ImageState::available;
  if (!is_there || !put_object(call, {.bucket = *task.s3_export_location->s3_bucket,
                                      .object_key = key_of(row),
                                      .image = *std::move(image),
                                      .disk_image_format = row.disk_image_format}))
    throw TaskFailure{"ClientError: The image or one of its snapshots is no longer available."};
}

constexpr TaskStage<Row> kStages[] = {{"0", "validating"}, {"21", "updating"}, {"85", "converting"}};
constexpr TaskCourse<Row> kCourse{kExportImageTask, "image_export.step", kStages, write_object};

}  // namespace

const TaskCourse<Row>& image_export_course() { return kCourse; }

std::span<const Operation> image_export_operations() {
  static constexpr Operation kOperations[] = {
      bind<export_image>(),
      bind<describe_export_image_tasks>(),
      bind<cancel_export_task>(),
  };
  return kOperations;
}

std::span<const Transition> image_export_transitions() {
  static constexpr Transition kTransitions[] = {
      {kCourse.step, [](Call& call, std::string_view id) { advance_task(call, kCourse, id); }}};
  return kTransitions;
}

}  // namespace amity::handlers
