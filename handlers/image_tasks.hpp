// The tasks of VM Import/Export: their ids, and their course. A task is "active" and passes through stages, each with
// its progress and status message, until it is "completed", or, because it failed or was canceled, "deleted". AWS: the
// VM Import/Export user guide; the stages are those that users' logs show.
#pragma once

#include "handlers/api_error.hpp"
#include "handlers/call.hpp"
#include "handlers/resource_kind.hpp"
#include "handlers/tagging.hpp"
#include "storage/image_task_tables.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace amity::handlers {

inline constexpr ResourceKind kImportImageTask{"import-ami",
                                               "import-image-task",
                                               "InvalidConversionTaskId.Malformed",
                                               "InvalidConversionTaskId",
                                               "The import task '{}' does not exist",
                                               "The import tasks '{}' do not exist"};
inline constexpr ResourceKind kImportSnapshotTask{"import-snap",
                                                  "import-snapshot-task",
                                                  "InvalidConversionTaskId.Malformed",
                                                  "InvalidConversionTaskId",
                                                  "The import task '{}' does not exist",
                                                  "The import tasks '{}' do not exist"};
inline constexpr ResourceKind kExportImageTask{"export-ami",
                                               "export-image-task",
                                               "InvalidExportTaskID.Malformed",
                                               "InvalidExportTaskID.NotFound",
                                               "The export task '{}' does not exist",
                                               "The export tasks '{}' do not exist"};

inline constexpr std::string_view kTaskActive = "active";
inline constexpr std::string_view kTaskDeleting = "deleting";
inline constexpr std::string_view kTaskDeleted = "deleted";
inline constexpr std::string_view kTaskCompleted = "completed";

// The structure of a task that has Status, StatusMessage and Progress.
inline ec2::ImportImageTask& status_of(state::ImportImageTask& row) { return row.import_image_task; }
inline ec2::SnapshotTaskDetail& status_of(state::ImportSnapshotTask& row) {
  if (!row.import_snapshot_task.snapshot_task_detail) row.import_snapshot_task.snapshot_task_detail.emplace();
  return *row.import_snapshot_task.snapshot_task_detail;
}
inline ec2::ExportImageTask& status_of(state::ExportImageTask& row) { return row.export_image_task; }

// Thrown inside of a task's course: the task fails, and its status message tells why.
struct TaskFailure {
  std::string message;
};

template <class Row>
struct TaskStage {
  std::string_view progress;
  std::string_view message;
  void (*enter)(Call& call, Row& row) = nullptr;  // what becomes known then; throws TaskFailure
};

template <class Row>
struct TaskCourse {
  const ResourceKind& kind;
  std::string_view step;  // the transition to the next stage
  std::span<const TaskStage<Row>> stages;
  void (*complete)(Call& call, Row& row);  // makes the result; throws TaskFailure
};

const TaskCourse<state::ImportImageTask>& image_import_course();
const TaskCourse<state::ImportSnapshotTask>& snapshot_import_course();
const TaskCourse<state::ExportImageTask>& image_export_course();

// Conversions take as long as copies of images.
template <class Row>
Duration stage_duration(const Call& call, const TaskCourse<Row>& course) {
  return call.profile().image_copy / static_cast<int>(course.stages.size());
}

// Inserts a new task in its first stage.
template <class Row>
void begin_task(Call& call, const TaskCourse<Row>& course, Row& row, const std::vector<ec2::Tag>& tags) {
  auto& status = status_of(row);
  status.status = std::string(kTaskActive);
  status.progress = std::string(course.stages.front().progress);
  status.status_message = std::string(course.stages.front().message);
  const std::string id = storage::table_of<Row>().id(&row);
  call.table<Row>().insert(row);
  set_tags(call, id, course.kind.type, tags);
  call.schedule(id, course.step, stage_duration(call, course));
}

template <class Status>
void end_task(Status& task, std::string_view status, std::optional<std::string> message) {
  task.status = std::string(status);
  task.status_message = std::move(message);
  task.progress.reset();
}

template <class Row>
void advance_task(Call& call, const TaskCourse<Row>& course, std::string_view id) {
  auto row = call.table<Row>().find(id);
  if (!row) return;
  auto& status = status_of(*row);
  if (status.status == kTaskDeleting) {
    status.status = std::string(kTaskDeleted);
  } else if (status.status == kTaskActive) {
    try {
      const std::string message = status.status_message.value_or("");
      auto stage = std::ranges::find(course.stages, message, &TaskStage<Row>::message);
      // A task that a fixture shows with another message is at its beginning.
      stage = stage == course.stages.end() ? course.stages.begin() : stage + 1;
      if (stage == course.stages.end()) {
        course.complete(call, *row);
        end_task(status, kTaskCompleted, std::nullopt);
      } else {
        if (stage->enter) stage->enter(call, *row);
        status.progress = std::string(stage->progress);
        status.status_message = std::string(stage->message);
        call.schedule(id, course.step, stage_duration(call, course));
      }
    } catch (const TaskFailure& failure) {
      end_task(status, kTaskDeleted, failure.message);
    } catch (const ApiError& error) {
      end_task(status, kTaskDeleted, "ClientError: " + error.message());
    }
  }
  call.table<Row>().update(*row);
}

// Makes an active task fail.
template <class Row>
void fail_task(Call& call, std::string_view id, std::string message) {
  auto row = call.table<Row>().find(id);
  if (!row || status_of(*row).status != kTaskActive) return;
  end_task(status_of(*row), kTaskDeleted, std::move(message));
  call.table<Row>().update(*row);
}

namespace errors {
// InvalidParameter, which is what VM Import/Export answers to most of what it refuses.
ApiError invalid_conversion(std::string message);
ApiError task_not_active(std::string_view id, std::string_view status);
ApiError conversion_limit_exceeded(std::size_t limit);
}  // namespace errors

// Cancels the caller's task. Throws the kind's malformed or not-found error, IncorrectState unless it is active.
template <class Row>
void cancel_task(Call& call, const TaskCourse<Row>& course, const std::string& id, std::string message) {
  Row row = find_owned(call.table<Row>(), course.kind, id);
  auto& status = status_of(row);
  if (status.status != kTaskActive) throw errors::task_not_active(id, status.status.value_or(""));
  end_task(status, kTaskDeleting, std::move(message));
  call.table<Row>().update(row);
  call.unschedule(id);
  call.schedule(id, course.step, stage_duration(call, course));
}

// Throws ResourceLimitExceeded when so many tasks of the kind are active already.
template <class Row>
void check_active_tasks(Call& call, std::size_t limit) {
  if (call.table<Row>().count(storage::Query().where("status", kTaskActive)) >= limit)
    throw errors::conversion_limit_exceeded(limit);
}

}  // namespace amity::handlers
