#include "storage/check_rules.hpp"

namespace amity::storage {

std::span<const CheckRule> network_rules() {
  static constexpr CheckRule kRules[] = {
      {"what is in a VPC is in one of its owner's that is there", R"sql(
WITH part (account, region, id, vpc_id) AS (
  SELECT account, region, id, vpc_id FROM subnet UNION ALL SELECT account, region, id, vpc_id FROM route_table
  UNION ALL SELECT account, region, id, vpc_id FROM network_acl
  UNION ALL SELECT account, region, id, vpc_id FROM security_group
  UNION ALL SELECT account, region, id, vpc_id FROM network_interface
  UNION ALL SELECT g.account, g.region, g.id, a.value ->> '$.VpcId'
    FROM internet_gateway g, json_each(g.document, '$.InternetGateway.Attachments') a)
SELECT region || ' ' || id || ' in ' || vpc_id FROM part p
WHERE NOT EXISTS (SELECT 1 FROM vpc v WHERE v.region = p.region AND v.id = p.vpc_id AND v.account = p.account))sql"},

      {"an interface's subnet is there, in the same VPC", R"sql(
SELECT n.region || ' ' || n.id || ' in ' || n.subnet_id FROM network_interface n
WHERE NOT EXISTS (SELECT 1 FROM subnet s WHERE s.region = n.region AND s.id = n.subnet_id AND s.vpc_id = n.vpc_id))sql"},

      {"an interface's security groups are there, in the same VPC", R"sql(
SELECT n.region || ' ' || n.id || ' in ' || l.value FROM network_interface_group l JOIN network_interface n ON n.row = l.owner
WHERE NOT EXISTS (SELECT 1 FROM security_group g WHERE g.region = n.region AND g.id = l.value AND g.vpc_id = n.vpc_id))sql"},

      {"a rule's security group is there", R"sql(
SELECT r.region || ' ' || r.id || ' of ' || r.group_id FROM security_group_rule r
WHERE NOT EXISTS (SELECT 1 FROM security_group g WHERE g.region = r.region AND g.id = r.group_id AND g.account = r.account))sql"},

      {"a VPC has one main route table", R"sql(
SELECT v.region || ' ' || v.id FROM vpc v
WHERE 1 <> (SELECT count(*) FROM route_table t, json_each(t.document, '$.RouteTable.Associations') a
  WHERE t.region = v.region AND t.vpc_id = v.id AND a.value ->> '$.Main'))sql"},

      {"a VPC has one default network ACL", R"sql(
SELECT v.region || ' ' || v.id FROM vpc v
WHERE 1 <> (SELECT count(*) FROM network_acl a
  WHERE a.region = v.region AND a.vpc_id = v.id AND a.document ->> '$.NetworkAcl.IsDefault'))sql"},

      {"a VPC has its default security group", R"sql(
SELECT v.region || ' ' || v.id FROM vpc v
WHERE NOT EXISTS (SELECT 1 FROM security_group g WHERE g.region = v.region AND g.vpc_id = v.id AND g.name = 'default'))sql"},

      {"a VPC has one internet gateway at most", R"sql(
SELECT g.region || ' ' || (a.value ->> '$.VpcId') FROM internet_gateway g, json_each(g.document, '$.InternetGateway.Attachments') a
GROUP BY g.region, a.value ->> '$.VpcId' HAVING count(*) > 1)sql"},

      {"a VPC's set of DHCP options is there", R"sql(
SELECT v.region || ' ' || v.id FROM vpc v
WHERE v.document ->> '$.Vpc.DhcpOptionsId' <> 'default' AND NOT EXISTS (
  SELECT 1 FROM dhcp_options d WHERE d.region = v.region AND d.id = v.document ->> '$.Vpc.DhcpOptionsId'))sql"},

      {"a subnet has one network ACL", R"sql(
WITH held (region, vpc_id, subnet_id) AS (
  SELECT a.region, a.vpc_id, s.value ->> '$.SubnetId' FROM network_acl a, json_each(a.document, '$.NetworkAcl.Associations') s),
counted (region, vpc_id, subnet_id, times) AS (SELECT region, min(vpc_id), subnet_id, count(*) FROM held GROUP BY region, subnet_id)
SELECT s.region || ' ' || s.id FROM subnet s LEFT JOIN counted c ON c.region = s.region AND c.subnet_id = s.id
WHERE c.times IS NOT 1 OR c.vpc_id <> s.vpc_id
UNION ALL SELECT c.region || ' ' || c.subnet_id FROM counted c
WHERE NOT EXISTS (SELECT 1 FROM subnet s WHERE s.region = c.region AND s.id = c.subnet_id))sql"},

      {"a subnet has one route table at most", R"sql(
WITH held (region, vpc_id, subnet_id) AS (
  SELECT t.region, t.vpc_id, a.value ->> '$.SubnetId' FROM route_table t, json_each(t.document, '$.RouteTable.Associations') a
  WHERE a.value ->> '$.SubnetId' IS NOT NULL)
SELECT h.region || ' ' || h.subnet_id FROM held h
GROUP BY h.region, h.subnet_id HAVING count(*) > 1 OR NOT EXISTS (
  SELECT 1 FROM subnet s WHERE s.region = h.region AND s.id = h.subnet_id AND s.vpc_id = h.vpc_id))sql"},

      {"a default subnet is the only one of its zone, in a default VPC", R"sql(
SELECT s.region || ' ' || s.id FROM subnet s JOIN vpc v ON v.region = s.region AND v.id = s.vpc_id
WHERE s.document ->> '$.Subnet.DefaultForAz'
GROUP BY s.account, s.region, s.document ->> '$.Subnet.AvailabilityZone' HAVING count(*) > 1 OR NOT min(v.is_default))sql"},

      {"a NAT gateway that is there has its subnet and its interface", R"sql(
SELECT g.region || ' ' || g.id FROM nat_gateway g
WHERE g.document ->> '$.NatGateway.State' IN ('pending', 'available') AND (
  NOT EXISTS (SELECT 1 FROM subnet s WHERE s.region = g.region AND s.id = g.document ->> '$.NatGateway.SubnetId')
  OR EXISTS (SELECT 1 FROM json_each(g.document, '$.NatGateway.NatGatewayAddresses') a
    WHERE NOT EXISTS (SELECT 1 FROM network_interface n
      WHERE n.region = g.region AND n.id = a.value ->> '$.NetworkInterfaceId'))))sql"},
  };
  return kRules;
}

}  // namespace amity::storage
