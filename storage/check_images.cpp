// Images, snapshots, the Recycle Bin, and what launches and enabled features lean on.
#include "storage/check_rules.hpp"

namespace amity::storage {

std::span<const CheckRule> image_rules() {
  static constexpr CheckRule kRules[] = {
      {"every snapshot that an image's mapping names is there", R"sql(
SELECT i.region || ' ' || i.id || ' names ' || s.value, i.region, s.value
FROM image_snapshot s JOIN image i ON i.row = s.owner
WHERE NOT EXISTS (SELECT 1 FROM snapshot n WHERE n.region = i.region AND n.id = s.value))sql",
       true},

      {"an image is there or deregistered, not both", R"sql(
SELECT region || ' ' || id FROM image JOIN deregistered_image USING (region, id))sql"},

      {"what is in the Recycle Bin is nowhere else", R"sql(
SELECT r.region || ' ' || r.id FROM recycled_resource r
WHERE EXISTS (SELECT 1 FROM image o WHERE o.region = r.region AND o.id = r.id)
  OR EXISTS (SELECT 1 FROM snapshot o WHERE o.region = r.region AND o.id = r.id)
  OR EXISTS (SELECT 1 FROM volume o WHERE o.region = r.region AND o.id = r.id))sql"},

      {"a snapshot that restores fast is there", R"sql(
SELECT f.region || ' ' || f.snapshot_id FROM fast_snapshot_restore f
WHERE NOT EXISTS (SELECT 1 FROM snapshot s WHERE s.region = f.region AND s.id = f.snapshot_id))sql"},

      {"a launch template has its default and its latest version", R"sql(
SELECT t.region || ' ' || t.id FROM launch_template t
WHERE NOT EXISTS (SELECT 1 FROM launch_template_version v WHERE v.region = t.region
    AND v.id = t.id || ':' || (t.document ->> '$.LaunchTemplate.DefaultVersionNumber'))
  OR NOT EXISTS (SELECT 1 FROM launch_template_version v WHERE v.region = t.region
    AND v.id = t.id || ':' || (t.document ->> '$.LaunchTemplate.LatestVersionNumber')))sql"},

      {"a launch template's version belongs to one that is there", R"sql(
SELECT v.region || ' ' || v.id FROM launch_template_version v
WHERE NOT EXISTS (SELECT 1 FROM launch_template t WHERE t.region = v.region AND t.id = v.template_id))sql"},

      {"the instance of an active Spot request is there and names the request", R"sql(
SELECT r.region || ' ' || r.id || ' ' || coalesce(r.instance_id, 'has none') FROM spot_instance_request r
WHERE r.document ->> '$.SpotInstanceRequest.State' = 'active' AND NOT EXISTS (
  SELECT 1 FROM instance i WHERE i.region = r.region AND i.id = r.instance_id
    AND i.document ->> '$.Instance.SpotInstanceRequestId' = r.id))sql"},

      {"the placement group of an instance that is not gone is there", R"sql(
SELECT i.region || ' ' || i.id || ' ' || (i.document ->> '$.Instance.Placement.GroupName') FROM instance i
WHERE i.state NOT IN ('shutting-down', 'terminated') AND i.document ->> '$.Instance.Placement.GroupName' <> ''
  AND NOT EXISTS (SELECT 1 FROM placement_group p WHERE p.account = i.account AND p.region = i.region
    AND p.name = i.document ->> '$.Instance.Placement.GroupName'))sql"},
  };
  return kRules;
}

}  // namespace amity::storage
