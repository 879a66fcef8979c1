// What a list showed on its way has no one to let it arrive, unless the fixture says what is going to happen to it.
#include "handlers/fixture_instances.hpp"
#include "handlers/image_tasks.hpp"
#include "handlers/instances.hpp"
#include "handlers/spot_status.hpp"
#include "storage/image_task_tables.hpp"
#include "storage/image_usage_tables.hpp"

#include <algorithm>
#include <initializer_list>

namespace amity::handlers {
namespace {

class Arrivals {
 public:
  explicit Arrivals(FixtureTarget& target) : target_(target), call_(target.call()) {}

  Call& call() { return call_; }

  void after(const std::string& owner, const std::string& id, std::string_view transition, Duration delay) {
    if (tells_transition_of(target_.fixture, id)) return;
    Call call = target_.call_of(owner);
    call.unschedule(id, transition);
    call.schedule(id, transition, delay);
  }
  void at(const std::string& owner, const std::string& id, std::string_view transition, model::Timestamp time) {
    after(owner, id, transition, std::max(Duration{}, std::chrono::ceil<Duration>(time - target_.now())));
  }

  // States that pass, and what comes then.
  struct Passage {
    std::string_view state;
    std::string_view transition;
    Duration delay{};
  };
  using Passages = std::initializer_list<Passage>;

  void pass(const std::string& owner, const std::string& id, std::string_view state, Passages passages) {
    for (const Passage& passage : passages)
      if (state == passage.state) after(owner, id, passage.transition, passage.delay);
  }
  void pass(const std::string& owner, const std::string& id, const std::optional<std::string>& state,
            Passages passages) {
    if (state) pass(owner, id, std::string_view(*state), passages);
  }

  // Visits the rows that were made of a list's elements, with their owners and ids.
  template <class T, class Visitor>
  void visit(const std::vector<T>& listed, Visitor visitor) {
    const auto table = call_.table<T>();
    for (const T& element : listed) {
      const std::string id = storage::table_of<T>().id(&element);
      if (auto row = table.find_any(id)) visitor(*row, table.owner(id).value(), id);
    }
  }

 private:
  FixtureTarget& target_;
  Call call_;
};

void let_snapshots_arrive(Arrivals& arrivals, const state::Fixture& fixture) {
  using Tiering = ec2::TieringOperationStatus;
  arrivals.visit(fixture.snapshots, [&](const state::Snapshot& row, const std::string& owner, const std::string& id) {
    arrivals.pass(
        owner, id, row.snapshot.state,
        {{ec2::SnapshotState::pending, "snapshot.completed"}, {ec2::SnapshotState::recovering, "snapshot.recovered"}});
    if (row.tiering)
      arrivals.pass(owner, id, row.tiering->status,
                    {{Tiering::archival_in_progress, "snapshot.archived"},
                     {Tiering::temporary_restore_in_progress, "snapshot.restored"},
                     {Tiering::permanent_restore_in_progress, "snapshot.restored"}});
    if (row.snapshot.restore_expiry_time)
      arrivals.at(owner, id, "snapshot.restore_expired", *row.snapshot.restore_expiry_time);
  });
}

void let_volumes_arrive(Arrivals& arrivals, const state::Fixture& fixture) {
  using Attachment = ec2::VolumeAttachmentState;
  using Modification = ec2::VolumeModificationState;
  arrivals.visit(fixture.volumes, [&](const state::Volume& row, const std::string& owner, const std::string& id) {
    arrivals.pass(owner, id, row.volume.state,
                  {{ec2::VolumeState::creating, "volume.available"}, {ec2::VolumeState::deleting, "volume.deleted"}});
    for (const ec2::VolumeAttachment& attachment : row.volume.attachments)
      arrivals.pass(owner, id, attachment.state,
                    {{Attachment::attaching, "volume.attached"}, {Attachment::detaching, "volume.detached"}});
    if (row.modification)
      arrivals.pass(owner, id, row.modification->modification_state,
                    {{Modification::modifying, "volume.optimizing"}, {Modification::optimizing, "volume.modified"}});
  });
}

void let_instances_arrive(Arrivals& arrivals, const state::Fixture& fixture) {
  using Name = ec2::InstanceStateName;
  using Association = ec2::IamInstanceProfileAssociationState;
  for (const ListedInstance& listed : instances_listed(fixture)) {
    const auto row = arrivals.call().instances().find_any(*listed.row->instance.instance_id).value();
    const std::string& id = *row.instance.instance_id;
    arrivals.pass(row.owner_id, id, std::string_view(state_of(row)),
                  {{Name::pending, "instance.running"},
                   {Name::stopping, "instance.stopped"},
                   {Name::shutting_down, "instance.terminated"},
                   {Name::terminated, "instance.gone", Profile::kTerminatedVisible}});
    if (row.instance.monitoring)
      arrivals.pass(row.owner_id, id, row.instance.monitoring->state,
                    {{ec2::MonitoringState::pending, "instance.monitoring-settled"},
                     {ec2::MonitoringState::disabling, "instance.monitoring-settled"}});
    if (row.instance.metadata_options)
      arrivals.pass(row.owner_id, id, row.instance.metadata_options->state,
                    {{ec2::InstanceMetadataOptionsState::pending, "instance.metadata-options-applied"}});
    if (row.profile_association)
      arrivals.pass(row.owner_id, id, row.profile_association->state,
                    {{Association::associating, "instance.profile-association-settled"},
                     {Association::disassociating, "instance.profile-association-settled"}});
  }
}

void let_gateways_arrive(Arrivals& arrivals, const state::Fixture& fixture) {
  using State = ec2::NatGatewayState;
  arrivals.visit(fixture.nat_gateways,
                 [&](const state::NatGateway& row, const std::string& owner, const std::string& id) {
                   arrivals.pass(owner, id, row.nat_gateway.state,
                                 {{State::pending, "nat-gateway.available"},
                                  {State::deleting, "nat-gateway.deleted"},
                                  {State::failed, "nat-gateway.gone", Profile::kTerminatedVisible},
                                  {State::deleted, "nat-gateway.gone", Profile::kTerminatedVisible}});
                 });
}

void let_spot_requests_arrive(Arrivals& arrivals, const state::Fixture& fixture) {
  using State = ec2::SpotInstanceState;
  arrivals.visit(fixture.spot_instance_requests,
                 [&](const state::SpotInstanceRequest& row, const std::string& owner, const std::string& id) {
                   arrivals.pass(owner, id, row.spot_instance_request.state,
                                 {{State::open, kEvaluateSpotRequest},
                                  {State::closed, kSpotRequestGone, kSpotRequestVisible},
                                  {State::cancelled, kSpotRequestGone, kSpotRequestVisible},
                                  {State::failed, kSpotRequestGone, kSpotRequestVisible}});
                 });
}

// Their ids are made of members that the fixture need not tell.
void let_fast_restores_arrive(Arrivals& arrivals, const state::Fixture& fixture) {
  constexpr std::string_view kNext = "fast_snapshot_restore.next";
  using State = ec2::FastSnapshotRestoreStateCode;
  for (const state::FastSnapshotRestore& listed : fixture.fast_snapshot_restores) {
    const auto of_snapshot =
        storage::Query().of_any_account().where("snapshot_id", *listed.fast_snapshot_restore.snapshot_id);
    arrivals.visit(arrivals.call().table<state::FastSnapshotRestore>().all(of_snapshot),
                   [&](const state::FastSnapshotRestore& row, const std::string& owner, const std::string& id) {
                     arrivals.pass(owner, id, row.fast_snapshot_restore.state,
                                   {{State::enabling, kNext},
                                    {State::optimizing, kNext},
                                    {State::disabling, kNext},
                                    {State::disabled, kNext}});
                   });
  }
}

void let_reports_arrive(Arrivals& arrivals, const state::Fixture& fixture) {
  arrivals.visit(fixture.image_usage_reports,
                 [&](const state::ImageUsageReport& row, const std::string& owner, const std::string& id) {
                   const ec2::ImageUsageReport& report = row.image_usage_report;
                   arrivals.pass(owner, id, report.state, {{kReportPending, "image_usage_report.available"}});
                   if (report.expiration_time)
                     arrivals.at(owner, id, "image_usage_report.expired", *report.expiration_time);
                 });
}

template <class Row>
void let_conversions_arrive(Arrivals& arrivals, const std::vector<Row>& rows, const TaskCourse<Row>& course) {
  arrivals.visit(rows, [&](Row& row, const std::string& owner, const std::string& id) {
    arrivals.pass(owner, id, status_of(row).status, {{kTaskActive, course.step}, {kTaskDeleting, course.step}});
  });
}

void let_tasks_arrive(Arrivals& arrivals, const state::Fixture& fixture) {
  using State = ec2::ReplaceRootVolumeTaskState;
  arrivals.visit(fixture.replace_root_volume_tasks, [&](const state::ReplaceRootVolumeTask& row,
                                                        const std::string& owner, const std::string& id) {
    arrivals.pass(owner, id, row.replace_root_volume_task.task_state,
                  {{State::pending, "root_volume.replacing"}, {State::in_progress, "root_volume.replaced"}});
  });
  let_conversions_arrive(arrivals, fixture.import_image_tasks, image_import_course());
  let_conversions_arrive(arrivals, fixture.import_snapshot_tasks, snapshot_import_course());
  let_conversions_arrive(arrivals, fixture.export_image_tasks, image_export_course());
}

}  // namespace

void let_arrive(FixtureTarget& target) {
  Arrivals arrivals(target);
  const state::Fixture& fixture = target.fixture;
  let_snapshots_arrive(arrivals, fixture);
  let_volumes_arrive(arrivals, fixture);
  let_instances_arrive(arrivals, fixture);
  let_gateways_arrive(arrivals, fixture);
  let_spot_requests_arrive(arrivals, fixture);
  let_fast_restores_arrive(arrivals, fixture);
  let_reports_arrive(arrivals, fixture);
  let_tasks_arrive(arrivals, fixture);
}

}  // namespace amity::handlers
