// What the tasks of ImportImage and ImportSnapshot have in common: they are described, and canceled.
#include "handlers/candidates.hpp"
#include "handlers/errors.hpp"
#include "handlers/image_tasks.hpp"
#include "handlers/listing.hpp"
#include "handlers/registry.hpp"

namespace amity::handlers {
namespace {

template <class Row, class Item>
Listing<Item> list_tasks(Call& call, const ResourceKind& kind, const auto& request, Item Row::*item,
                         std::span<const FilterRule> rules) {
  const auto& ids = request.import_task_ids;
  const Page page = page_of(request.max_results, request.next_token, "importTaskIdSet", !ids.empty());
  Listing<Item> listing(rules, request.filters, page);
  visit_candidates(call.table<Row>(), kind, ids, storage::Query().after(page.after),
                   [&](std::int64_t position, const Row& row) {
                     const Item& task = row.*item;
                     return listing.offer(position, task, [&] { return call.tags().of(*task.import_task_id); });
                   });
  return listing;
}

ec2::DescribeImportImageTasksResult describe_import_image_tasks(Call& call,
                                                                const ec2::DescribeImportImageTasksRequest& request) {
  static constexpr FilterRule kFilters[] = {{"task-state", "Status"}};
  auto listing = list_tasks(call, kImportImageTask, request, &state::ImportImageTask::import_image_task, kFilters);
  return {.import_image_tasks = listing.take(), .next_token = listing.next_token()};
}

ec2::DescribeImportSnapshotTasksResult describe_import_snapshot_tasks(
    Call& call, const ec2::DescribeImportSnapshotTasksRequest& request) {
  static constexpr FilterRule kFilters[] = {{"task-state", "SnapshotTaskDetail.Status"}};
  auto listing =
      list_tasks(call, kImportSnapshotTask, request, &state::ImportSnapshotTask::import_snapshot_task, kFilters);
  return {.import_snapshot_tasks = listing.take(), .next_token = listing.next_token()};
}

ec2::CancelImportTaskResult cancel_import_task(Call& call, const ec2::CancelImportTaskRequest& request) {
  if (!request.import_task_id) throw errors::missing_parameter("ImportTaskId");
  const std::string& id = *request.import_task_id;
  const std::string reason = request.cancel_reason.value_or("User initiated task cancelation");
  if (is_well_formed(kImportSnapshotTask, id))
    cancel_task(call, snapshot_import_course(), id, reason);
  else
    cancel_task(call, image_import_course(), id, reason);
  return {.import_task_id = id, .previous_state = std::string(kTaskActive), .state = std::string(kTaskDeleting)};
}

}  // namespace

std::span<const Operation> import_task_operations() {
  static constexpr Operation kOperations[] = {
      bind<describe_import_image_tasks>(),
      bind<describe_import_snapshot_tasks>(),
      bind<cancel_import_task>(),
  };
  return kOperations;
}

}  // namespace amity::handlers
