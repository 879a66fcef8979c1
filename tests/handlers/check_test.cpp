#include "handlers/check.hpp"

#include "handlers/check_rules.hpp"
#include "storage/check_rules.hpp"
#include "storage/database.hpp"
#include "tests/handlers/busy_world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

namespace amity::tests {
namespace {

using namespace std::chrono_literals;

std::string text_of(const storage::Findings& findings) {
  std::string text;
  for (const storage::Finding& finding : findings) text += finding.rule + ": " + finding.what + '\n';
  return text;
}

// Something that breaks a rule, done behind the handlers' back.
struct Corruption {
  std::string_view rule;
  std::string_view sql;
};

constexpr Corruption kCorruptions[] = {
    // What every table promises.
    {"every document can be read", "UPDATE volume SET document = '{\"Volume\": 1}' WHERE row = 1"},
    {"a row's id is its document's", "UPDATE snapshot SET id = 'snap-00000000000000000' WHERE row = 1"},
    {"a row's columns say what its document says",
     "UPDATE image SET document = json_set(document, '$.Image.Name', 'taken') WHERE row = 1"},
    {"a row's columns say what its document says",
     "UPDATE key_pair SET document = json_set(document, '$.KeyPair.KeyName', 'taken')"},
    {"a row's side tables say what its document says", "DELETE FROM image_share"},
    {"a row's side tables say what its document says",
     "INSERT INTO snapshot_share SELECT row, '999999999999' FROM snapshot LIMIT 1"},
    {"every row that another names is there", "INSERT INTO image_share VALUES (4711, 'all')"},
    {"every row that another names is there", "DELETE FROM block_data"},

    // Attachments.
    {"a volume without Multi-Attach is attached to one instance at most",
     "UPDATE volume SET document = json_insert(document, '$.Volume.Attachments[#]', "
     "json_set(document -> '$.Volume.Attachments[0]', '$.InstanceId', 'i-00000000000000000')) WHERE state = 'in-use';"
     "INSERT INTO volume_attachment SELECT row, 'i-00000000000000000' FROM volume WHERE state = 'in-use'"},
    {"a volume is attached to an instance once",
     "UPDATE volume SET document = json_insert(document, '$.Volume.Attachments[#]', "
     "document -> '$.Volume.Attachments[0]') WHERE state = 'in-use'"},
    {"a volume is in use when it is attached, and only then",
     "UPDATE volume SET state = 'available', document = json_set(document, '$.Volume.State', 'available') "
     "WHERE state = 'in-use'"},
    {"an attached volume's instance is there, the same owner's, and shows it on the same device",
     "DELETE FROM instance WHERE state = 'stopped'"},
    {"an attached volume's instance is there, the same owner's, and shows it on the same device",
     "UPDATE instance SET document = json_remove(document, '$.Instance.BlockDeviceMappings')"},
    {"a volume that an instance shows is attached to it", "DELETE FROM volume WHERE state = 'in-use'"},
    {"an instance has one volume on a device",
     "UPDATE instance SET document = json_insert(document, '$.Instance.BlockDeviceMappings[#]', "
     "document -> '$.Instance.BlockDeviceMappings[0]') WHERE state = 'running'"},
    {"a terminated instance has no volume and no interface",
     "UPDATE instance SET state = 'terminated', "
     "document = json_set(document, '$.Instance.State.Name', 'terminated') WHERE state = 'running'"},
    {"an interface's instance is there, the same owner's, and shows it",
     "UPDATE instance SET document = json_remove(document, '$.Instance.NetworkInterfaces') WHERE state = 'running'"},
    {"an interface that an instance shows is attached to it", "DELETE FROM network_interface"},
    {"an instance has one interface in a place",
     "UPDATE network_interface SET document = json_set(document, '$.NetworkInterface.Attachment.DeviceIndex', 0)"},
    {"an interface is in use when it is attached, and only then",
     "UPDATE network_interface SET document = json_set(document, '$.NetworkInterface.Status', 'available')"},
    {"an associated Elastic IP address is its interface's",
     "UPDATE network_interface SET document = "
     "json_remove(document, '$.NetworkInterface.PrivateIpAddresses[0].Association.AllocationId')"},
    {"an interface's Elastic IP address is allocated and associated with it", "DELETE FROM address"},
    {"a public address is either an Elastic IP address or Amazon's",
     "UPDATE address SET association_id = NULL, network_interface_id = NULL, document = json_remove(document, "
     "'$.Address.AssociationId', '$.Address.NetworkInterfaceId')"},

    // Images and what is about them.
    {"every snapshot that an image's mapping names is there",
     "DELETE FROM snapshot WHERE id IN (SELECT value FROM image_snapshot)"},
    {"an image is there or deregistered, not both",
     "INSERT INTO deregistered_image (account, region, id, document) SELECT account, region, id, "
     "json_object('ImageId', id) FROM image LIMIT 1"},
    {"what is in the Recycle Bin is nowhere else",
     "UPDATE recycled_resource SET id = (SELECT id FROM volume WHERE region = 'us-east-1' LIMIT 1), document = "
     "json_set(document, '$.ResourceId', (SELECT id FROM volume WHERE region = 'us-east-1' LIMIT 1)) "
     "WHERE resource_type = 'EBS_VOLUME'"},
    {"a snapshot that restores fast is there",
     "DELETE FROM snapshot WHERE id IN (SELECT snapshot_id FROM fast_snapshot_restore)"},
    {"a launch template has its default and its latest version", "DELETE FROM launch_template_version"},
    {"a launch template's version belongs to one that is there", "DELETE FROM launch_template"},
    {"the instance of an active Spot request is there and names the request",
     "UPDATE instance SET document = json_remove(document, '$.Instance.SpotInstanceRequestId')"},
    {"the placement group of an instance that is not gone is there", "DELETE FROM placement_group"},

    // Networks.
    {"what is in a VPC is in one of its owner's that is there", "DELETE FROM vpc WHERE NOT is_default"},
    {"an interface's subnet is there, in the same VPC", "DELETE FROM subnet"},
    {"an interface's security groups are there, in the same VPC", "DELETE FROM security_group WHERE name = 'web'"},
    {"a rule's security group is there", "DELETE FROM security_group WHERE name = 'web'"},
    {"a VPC has one main route table", "DELETE FROM route_table WHERE row = 1"},
    {"a VPC has one default network ACL",
     "UPDATE network_acl SET document = json_set(document, '$.NetworkAcl.IsDefault', json('false')) WHERE row = 1"},
    {"a VPC has its default security group", "DELETE FROM security_group WHERE name = 'default'"},
    {"a VPC has one internet gateway at most",
     "UPDATE internet_gateway SET document = json_insert(document, '$.InternetGateway.Attachments[#]', "
     "document -> '$.InternetGateway.Attachments[0]')"},
    {"a VPC's set of DHCP options is there", "DELETE FROM dhcp_options"},
    {"a subnet has one network ACL",
     "UPDATE network_acl SET document = json_remove(document, '$.NetworkAcl.Associations[0]') WHERE row = 1"},
    {"a subnet has one network ACL", "DELETE FROM subnet WHERE row = 1"},
    {"a subnet has one route table at most",
     "UPDATE route_table SET document = json_insert(document, '$.RouteTable.Associations[#]', "
     "document -> '$.RouteTable.Associations[0]')"},
    {"a default subnet is the only one of its zone, in a default VPC",
     "UPDATE subnet SET document = json_set(document, '$.Subnet.DefaultForAz', json('true'))"},
    {"a NAT gateway that is there has its subnet and its interface",
     "DELETE FROM network_interface WHERE document ->> '$.NetworkInterface.InterfaceType' = 'nat_gateway'"},

    // Meters.
    {"every metered interval is of a known resource and line, of the same account and region",
     "DELETE FROM metered_resource WHERE row = (SELECT resource FROM meter LIMIT 1)"},
    {"every metered interval ends behind its beginning",
     "UPDATE meter SET until = since WHERE row = (SELECT min(row) FROM meter)"},
    {"a meter is open once",
     "INSERT INTO meter (resource, line, quantity, since, until) SELECT resource, line, quantity, since + 1, until "
     "FROM meter WHERE until = 9223372036854775807 LIMIT 1"},
    {"intervals of a meter do not overlap, but for the least time that is billed",
     "INSERT INTO meter (resource, line, quantity, since, until) SELECT resource, line, quantity, since - 600, "
     "since + 1 FROM meter WHERE until = 9223372036854775807 LIMIT 1"},
    {"nothing waits to be metered", "UPDATE volume SET region = region WHERE row = 1"},
    {"a deregistered image's end is noted", "UPDATE gone_image SET since = NULL"},

    // What goes by ids.
    {"every tag is of a resource that is there", "UPDATE tag SET resource_id = 'vpc-00000000000000000' WHERE row = 1"},
    {"everything on the agenda is to happen to something that is there",
     "UPDATE agenda SET resource_id = 'i-00000000000000000'"},

    // Block maps.
    {"an open block map is a volume's, or that of a snapshot that is being written",
     "UPDATE block_open SET id = 'vol-00000000000000000' WHERE id = (SELECT id FROM block_open LIMIT 1)"},
    {"a closed block map is a snapshot's, or of a stored image",
     "UPDATE block_snapshot SET id = 'snap-00000000000000000' WHERE number = (SELECT max(number) FROM block_snapshot)"},
    {"a map is open or closed, not both",
     "UPDATE block_open SET id = (SELECT id FROM block_snapshot WHERE region = 'us-east-1' LIMIT 1) "
     "WHERE id = (SELECT id FROM block_open WHERE region = 'us-east-1' LIMIT 1)"},
    {"a layer is needed: by a map, by a copy to come, or because two others lie upon it",
     "INSERT INTO block_layer (lineage, parent, blocks, written, unheld) SELECT id, NULL, 0, 0, 0 FROM block_lineage "
     "LIMIT 1"},
    {"layers lie upon one another without end or circle",
     "UPDATE block_layer SET parent = id WHERE parent IS NOT NULL"},
    {"nothing lies upon a layer that is written to",
     "UPDATE block_snapshot SET layer = (SELECT layer FROM block_open LIMIT 1)"},
    {"a lineage has layers", "INSERT INTO block_lineage (account, region, kms_key) VALUES ('1', 'us-east-1', '')"},
    {"a map is in its lineage's region", "UPDATE block_lineage SET region = 'us-west-2'"},
    {"a snapshot's layers are of one lineage",
     "UPDATE block_layer SET lineage = (SELECT max(id) FROM block_lineage) WHERE parent IS NOT NULL"},
    {"runs of blocks have a length, and do not overlap", "UPDATE block_extent SET length = 0"},
    {"a layer counts its blocks", "UPDATE block_layer SET blocks = blocks + 1"},
    {"every block of a closed layer is held by a snapshot or by nobody", "DELETE FROM block_holding"},
    {"the blocks that nobody holds are listed where others are held",
     "INSERT INTO block_unheld SELECT layer, 0, 1 FROM block_snapshot LIMIT 1"},
    {"a snapshot stores the blocks that it holds", "UPDATE block_snapshot SET stored = stored + 1"},
    {"the bytes of a block are of one that is written", "UPDATE block_content SET block = block + 1000"},
    {"bytes are kept as long as a block has them", "DELETE FROM block_content"},
    {"a closed layer counts what is written", "UPDATE block_layer SET written = written + 1"},

    // What needs to be understood.
    {"what is on the agenda is a transition that Amity knows", "UPDATE agenda SET transition = 'image.painted'"},
    {"a tag says of which kind its resource is", "UPDATE tag SET resource_type = 'volume'"},
    {"a resource is in its owner's account",
     "UPDATE image SET document = json_set(document, '$.Image.OwnerId', '999999999999')"},
    {"an instance shows its volumes as they are",
     "UPDATE instance SET document = json_remove(document, "
     "'$.Instance.BlockDeviceMappings[0].Ebs.DeleteOnTermination')"},
    {"an instance shows its interfaces as they are",
     "UPDATE instance SET document = json_remove(document, '$.Instance.NetworkInterfaces[0].MacAddress')"},
    {"a subnet lies in its VPC's blocks",
     "UPDATE subnet SET document = json_set(document, '$.Subnet.CidrBlock', '192.168.1.0/24')"},
    {"subnets of a VPC do not overlap",
     "UPDATE subnet SET document = json_set(document, '$.Subnet.CidrBlock', '10.0.1.128/25') "
     "WHERE document ->> '$.Subnet.CidrBlock' = '10.0.2.0/24'"},
    {"an interface's addresses are usable ones of its subnet",
     "UPDATE subnet SET document = json_set(document, '$.Subnet.CidrBlock', '10.0.3.0/24') "
     "WHERE document ->> '$.Subnet.CidrBlock' = '10.0.1.0/24'"},
    {"an interface has one primary address",
     "UPDATE network_interface SET document = "
     "json_remove(document, '$.NetworkInterface.PrivateIpAddresses[0].Primary')"},
    {"what is there is metered as it is", "UPDATE meter SET quantity = quantity + 1"},
    {"what is there is metered as it is", "DELETE FROM meter"},
    {"what is gone is not metered any more",
     "INSERT INTO metered_resource (account, region, id) VALUES ('111111111111', 'us-east-1', 'vol-0');"
     "INSERT INTO meter (resource, line, quantity, since, until) SELECT (SELECT max(row) FROM metered_resource), "
     "line, quantity, since, until FROM meter WHERE until = 9223372036854775807 LIMIT 1"},
};

}  // namespace

TEST_CASE("Nothing is wrong with a state that handlers have made", "[check]") {
  BusyWorld world;
  CHECK(text_of(handlers::check(world.environment())).empty());
  SECTION("also when much time has passed") {
    for (const auto& time : {90s, 3600s, 86400s * 8, 86400s * 400}) {
      world.advance(time);
      world.settle();
      CHECK(text_of(handlers::check(world.environment())).empty());
    }
  }
}

TEST_CASE("Nothing is wrong in the middle of everything", "[check]") {
  World world(handlers::realistic_profile());
  CHECK(handlers::check(world.environment()).empty());
  const std::string instance = launch(world);
  for (int i = 0; i < 40; ++i) {
    world.advance(1s);
    if (i == 35) world.call(ec2::TerminateInstancesRequest{.instance_ids = {instance}});
    world.call(ec2::DescribeInstancesRequest{});
    CHECK(text_of(handlers::check(world.environment())).empty());
  }
}

TEST_CASE("Everything that is wrong is found", "[check]") {
  BusyWorld world;
  storage::Database& database = world.store().database();
  database.execute("PRAGMA foreign_keys = OFF");
  for (const Corruption& corruption : kCorruptions) {
    INFO(corruption.rule << "\n" << corruption.sql);
    const storage::Transaction undone(database);
    database.execute(std::string(corruption.sql));
    if (corruption.rule != "nothing waits to be metered") database.execute("DELETE FROM meter_due");
    const auto findings = handlers::check(world.environment());
    INFO(text_of(findings));
    CHECK(std::ranges::find(findings, corruption.rule, &storage::Finding::rule) != findings.end());
  }
  CHECK(text_of(handlers::check(world.environment())).empty());
}

TEST_CASE("A document of any table that cannot be read is found", "[check]") {
  for (const storage::TableSpec* table : storage::all_tables()) {
    INFO(table->name);
    World world;
    storage::Database& database = world.store().database();
    std::string names, values;
    {
      auto columns = database.prepare("SELECT name FROM pragma_table_info(?1) WHERE name <> 'row' AND \"notnull\"");
      columns.bind(1, table->name);
      while (columns.step()) {
        names += fmt::format("{}{}", names.empty() ? "" : ", ", columns.text(0));
        values += fmt::format("{}{}", values.empty() ? "" : ", ", columns.text(0) == "is_default" ? "0" : "'x'");
      }
    }
    database.execute(fmt::format("INSERT INTO {} ({}) VALUES ({})", table->name, names, values));
    const auto findings = handlers::check(world.environment());
    REQUIRE(findings.size() == 1);
    CHECK(findings[0].rule == "every document can be read");
    CHECK_THAT(findings[0].what, Catch::Contains(std::string(table->name)));
  }
}

// So that a rule that is added is tested, too.
TEST_CASE("Every rule has been broken once", "[check]") {
  const auto is_broken = [](std::string_view rule) {
    INFO(rule);
    CHECK(std::ranges::find(kCorruptions, rule, &Corruption::rule) != std::end(kCorruptions));
  };
  for (const auto rules : {storage::attachment_rules(), storage::image_rules(), storage::network_rules(),
                           storage::meter_rules(), storage::block_rules()})
    for (const storage::CheckRule& rule : rules) is_broken(rule.says);
  for (const auto rules : {handlers::general_meaning_rules(), handlers::network_meaning_rules()})
    for (const handlers::MeaningRule& rule : rules) is_broken(rule.says);
}

}  // namespace amity::tests
