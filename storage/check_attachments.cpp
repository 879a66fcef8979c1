// What hangs on instances: volumes, interfaces and their addresses. Both sides must tell the same.
#include "storage/check_rules.hpp"

namespace amity::storage {

std::span<const CheckRule> attachment_rules() {
  static constexpr CheckRule kRules[] = {
      {"a volume without Multi-Attach is attached to one instance at most", R"sql(
SELECT region || ' ' || id FROM volume
WHERE json_array_length(document, '$.Volume.Attachments') > 1 AND NOT coalesce(document ->> '$.Volume.MultiAttachEnabled', 0))sql"},

      {"a volume is attached to an instance once", R"sql(
SELECT region || ' ' || id FROM volume v
WHERE coalesce(json_array_length(document, '$.Volume.Attachments'), 0) <>
  (SELECT count(*) FROM volume_attachment WHERE owner = v.row))sql"},

      {"a volume is in use when it is attached, and only then", R"sql(
SELECT region || ' ' || id || ' is ' || state FROM volume v
WHERE (state = 'in-use') <> EXISTS (SELECT 1 FROM volume_attachment WHERE owner = v.row))sql"},

      {"an attached volume's instance is there, the same owner's, and shows it on the same device", R"sql(
SELECT v.region || ' ' || v.id || ' on ' || (a.value ->> '$.InstanceId')
FROM volume v, json_each(v.document, '$.Volume.Attachments') a
WHERE NOT EXISTS (
  SELECT 1 FROM instance i, json_each(i.document, '$.Instance.BlockDeviceMappings') m
  WHERE i.region = v.region AND i.id = a.value ->> '$.InstanceId' AND i.account = v.account
    AND m.value ->> '$.Ebs.VolumeId' = v.id AND m.value ->> '$.DeviceName' IS a.value ->> '$.Device'))sql"},

      {"a volume that an instance shows is attached to it", R"sql(
SELECT i.region || ' ' || i.id || ' shows ' || (m.value ->> '$.Ebs.VolumeId')
FROM instance i, json_each(i.document, '$.Instance.BlockDeviceMappings') m
WHERE m.value ->> '$.Ebs.VolumeId' IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM volume v JOIN volume_attachment a ON a.owner = v.row
  WHERE v.region = i.region AND v.id = m.value ->> '$.Ebs.VolumeId' AND a.value = i.id))sql"},

      {"an instance has one volume on a device", R"sql(
SELECT i.region || ' ' || i.id || ' ' || (m.value ->> '$.DeviceName')
FROM instance i, json_each(i.document, '$.Instance.BlockDeviceMappings') m
GROUP BY i.row, m.value ->> '$.DeviceName' HAVING count(*) > 1)sql"},

      {"a terminated instance has no volume and no interface", R"sql(
SELECT i.region || ' ' || i.id FROM instance i WHERE i.state = 'terminated' AND (
  EXISTS (SELECT 1 FROM volume_attachment a JOIN volume v ON v.row = a.owner WHERE a.value = i.id AND v.region = i.region)
  OR EXISTS (SELECT 1 FROM network_interface n WHERE n.instance_id = i.id AND n.region = i.region)))sql"},

      {"an interface's instance is there, the same owner's, and shows it", R"sql(
SELECT n.region || ' ' || n.id || ' on ' || n.instance_id FROM network_interface n
WHERE n.instance_id IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM instance i, json_each(i.document, '$.Instance.NetworkInterfaces') s
  WHERE i.region = n.region AND i.id = n.instance_id AND i.account = n.account
    AND s.value ->> '$.NetworkInterfaceId' = n.id))sql"},

      {"an interface that an instance shows is attached to it", R"sql(
SELECT i.region || ' ' || i.id || ' shows ' || (s.value ->> '$.NetworkInterfaceId')
FROM instance i, json_each(i.document, '$.Instance.NetworkInterfaces') s
WHERE NOT EXISTS (
  SELECT 1 FROM network_interface n
  WHERE n.region = i.region AND n.id = s.value ->> '$.NetworkInterfaceId' AND n.instance_id = i.id))sql"},

      {"an instance has one interface in a place", R"sql(
SELECT region || ' ' || instance_id || ' ' || (document ->> '$.NetworkInterface.Attachment.DeviceIndex')
FROM network_interface WHERE instance_id IS NOT NULL
GROUP BY region, instance_id, coalesce(document ->> '$.NetworkInterface.Attachment.NetworkCardIndex', 0),
  document ->> '$.NetworkInterface.Attachment.DeviceIndex' HAVING count(*) > 1)sql"},

      {"an interface is in use when it is attached, and only then", R"sql(
SELECT region || ' ' || id FROM network_interface
WHERE (document ->> '$.NetworkInterface.Status' = 'in-use') <>
  (json_type(document, '$.NetworkInterface.Attachment') IS NOT NULL))sql"},

      {"an associated Elastic IP address is its interface's", R"sql(
SELECT a.region || ' ' || a.id FROM address a
WHERE (a.association_id IS NULL) <> (a.network_interface_id IS NULL) OR (a.association_id IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM network_interface n, json_each(n.document, '$.NetworkInterface.PrivateIpAddresses') p
  WHERE n.region = a.region AND n.id = a.network_interface_id
    AND p.value ->> '$.Association.AssociationId' = a.association_id
    AND p.value ->> '$.Association.AllocationId' = a.id)))sql"},

      {"an interface's Elastic IP address is allocated and associated with it", R"sql(
SELECT n.region || ' ' || n.id || ' ' || (p.value ->> '$.Association.AllocationId')
FROM network_interface n, json_each(n.document, '$.NetworkInterface.PrivateIpAddresses') p
WHERE p.value ->> '$.Association.AllocationId' IS NOT NULL AND NOT EXISTS (
  SELECT 1 FROM address a WHERE a.region = n.region AND a.id = p.value ->> '$.Association.AllocationId'
    AND a.network_interface_id = n.id))sql"},

      {"a public address is either an Elastic IP address or Amazon's", R"sql(
SELECT n.region || ' ' || n.id || ' ' || l.value
FROM network_interface_public_address l JOIN network_interface n ON n.row = l.owner
JOIN allocated_public_address e ON e.value = l.value JOIN address a ON a.row = e.owner
WHERE a.network_interface_id IS NOT n.id)sql"},
  };
  return kRules;
}

}  // namespace amity::storage
