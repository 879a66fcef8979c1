#include "storage/migrations.hpp"

#include "storage/database.hpp"

#include <cstddef>
#include <iterator>
#include <span>
#include <string>

namespace amity::storage {
namespace {

// "AMIT": how a file says that Amity made it (PRAGMA application_id).
constexpr std::int64_t kApplicationId = 0x414d4954;

// Columns hold what is searched, joined or constrained; the document holds the rest (model/state).
constexpr const char* kMigrations[] = {
    R"sql(
CREATE TABLE image (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  name TEXT, state TEXT NOT NULL, document TEXT NOT NULL,
  UNIQUE (region, id), UNIQUE (account, region, name)) STRICT;
CREATE INDEX image_of_account ON image (account, region);
CREATE TABLE image_share (
  owner INTEGER NOT NULL REFERENCES image (row) ON DELETE CASCADE, value TEXT NOT NULL, PRIMARY KEY (owner, value)) STRICT, WITHOUT ROWID;
CREATE INDEX image_share_value ON image_share (value);
CREATE TABLE image_snapshot (
  owner INTEGER NOT NULL REFERENCES image (row) ON DELETE CASCADE, value TEXT NOT NULL, PRIMARY KEY (owner, value)) STRICT, WITHOUT ROWID;
CREATE INDEX image_snapshot_value ON image_snapshot (value);
-- Images that EC2 still remembers after their deregistration.
CREATE TABLE deregistered_image (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  document TEXT NOT NULL, UNIQUE (region, id)) STRICT;

CREATE TABLE snapshot (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  state TEXT NOT NULL, volume_id TEXT, document TEXT NOT NULL,
  UNIQUE (region, id)) STRICT;
CREATE INDEX snapshot_of_account ON snapshot (account, region);
CREATE INDEX snapshot_of_volume ON snapshot (volume_id);
CREATE TABLE snapshot_share (
  owner INTEGER NOT NULL REFERENCES snapshot (row) ON DELETE CASCADE, value TEXT NOT NULL, PRIMARY KEY (owner, value)) STRICT, WITHOUT ROWID;
CREATE INDEX snapshot_share_value ON snapshot_share (value);

CREATE TABLE volume (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  state TEXT NOT NULL, snapshot_id TEXT, document TEXT NOT NULL,
  UNIQUE (region, id)) STRICT;
CREATE INDEX volume_of_account ON volume (account, region);
CREATE TABLE volume_attachment (
  owner INTEGER NOT NULL REFERENCES volume (row) ON DELETE CASCADE, value TEXT NOT NULL, PRIMARY KEY (owner, value)) STRICT, WITHOUT ROWID;
CREATE INDEX volume_attachment_value ON volume_attachment (value);

CREATE TABLE instance (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  state TEXT NOT NULL, image_id TEXT, reservation_id TEXT NOT NULL, document TEXT NOT NULL,
  UNIQUE (region, id)) STRICT;
CREATE INDEX instance_of_account ON instance (account, region);
CREATE INDEX instance_of_image ON instance (image_id);

CREATE TABLE key_pair (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  name TEXT NOT NULL, document TEXT NOT NULL,
  UNIQUE (region, id), UNIQUE (account, region, name)) STRICT;

CREATE TABLE vpc (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  is_default INTEGER NOT NULL, document TEXT NOT NULL,
  UNIQUE (region, id)) STRICT;
CREATE INDEX vpc_of_account ON vpc (account, region);
CREATE UNIQUE INDEX vpc_default ON vpc (account, region) WHERE is_default = 1;

CREATE TABLE subnet (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  vpc_id TEXT NOT NULL, document TEXT NOT NULL,
  UNIQUE (region, id)) STRICT;
CREATE INDEX subnet_of_account ON subnet (account, region);
CREATE INDEX subnet_of_vpc ON subnet (vpc_id);

CREATE TABLE internet_gateway (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  document TEXT NOT NULL, UNIQUE (region, id)) STRICT;
CREATE INDEX internet_gateway_of_account ON internet_gateway (account, region);

CREATE TABLE route_table (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  vpc_id TEXT NOT NULL, document TEXT NOT NULL, UNIQUE (region, id)) STRICT;
CREATE INDEX route_table_of_account ON route_table (account, region);

CREATE TABLE network_acl (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  vpc_id TEXT NOT NULL, document TEXT NOT NULL, UNIQUE (region, id)) STRICT;
CREATE INDEX network_acl_of_account ON network_acl (account, region);

CREATE TABLE dhcp_options (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  document TEXT NOT NULL, UNIQUE (region, id)) STRICT;
CREATE INDEX dhcp_options_of_account ON dhcp_options (account, region);

-- The names of a VPC's groups do not differ in case alone.
CREATE TABLE security_group (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  vpc_id TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE, document TEXT NOT NULL,
  UNIQUE (region, id), UNIQUE (vpc_id, name)) STRICT;
CREATE INDEX security_group_of_account ON security_group (account, region);

CREATE TABLE security_group_rule (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  group_id TEXT NOT NULL, referenced_group_id TEXT, document TEXT NOT NULL,
  UNIQUE (region, id)) STRICT;
CREATE INDEX security_group_rule_of_account ON security_group_rule (account, region);
CREATE INDEX security_group_rule_of_group ON security_group_rule (group_id);
CREATE INDEX security_group_rule_referenced ON security_group_rule (referenced_group_id);

CREATE TABLE network_interface (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  vpc_id TEXT NOT NULL, subnet_id TEXT NOT NULL, instance_id TEXT, document TEXT NOT NULL,
  UNIQUE (region, id)) STRICT;
CREATE INDEX network_interface_of_account ON network_interface (account, region);
CREATE INDEX network_interface_of_subnet ON network_interface (subnet_id);
CREATE INDEX network_interface_of_instance ON network_interface (instance_id);
CREATE TABLE network_interface_group (
  owner INTEGER NOT NULL REFERENCES network_interface (row) ON DELETE CASCADE, value TEXT NOT NULL,
  PRIMARY KEY (owner, value)) STRICT, WITHOUT ROWID;
CREATE INDEX network_interface_group_value ON network_interface_group (value);
-- "subnet-…/172.31.5.6": no address is given out twice in a subnet.
CREATE TABLE network_interface_address (
  owner INTEGER NOT NULL REFERENCES network_interface (row) ON DELETE CASCADE, value TEXT NOT NULL UNIQUE,
  PRIMARY KEY (owner, value)) STRICT, WITHOUT ROWID;
-- No public address is given out twice anywhere.
CREATE TABLE network_interface_public_address (
  owner INTEGER NOT NULL REFERENCES network_interface (row) ON DELETE CASCADE, value TEXT NOT NULL UNIQUE,
  PRIMARY KEY (owner, value)) STRICT, WITHOUT ROWID;

CREATE TABLE tag (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, resource_id TEXT NOT NULL, key TEXT NOT NULL,
  resource_type TEXT NOT NULL, value TEXT NOT NULL,
  UNIQUE (account, region, resource_id, key)) STRICT;
CREATE INDEX tag_of_account ON tag (account, region);
CREATE INDEX tag_of_resource ON tag (region, resource_id);

CREATE TABLE agenda (
  row INTEGER PRIMARY KEY, due INTEGER NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL,
  resource_id TEXT NOT NULL, transition TEXT NOT NULL) STRICT;
CREATE INDEX agenda_due ON agenda (due, row);
CREATE INDEX agenda_of_resource ON agenda (resource_id);

CREATE TABLE client_token (
  account TEXT NOT NULL, region TEXT NOT NULL, operation TEXT NOT NULL, token TEXT NOT NULL,
  created INTEGER NOT NULL, request TEXT NOT NULL, result TEXT NOT NULL,
  PRIMARY KEY (account, region, operation, token)) STRICT, WITHOUT ROWID;
CREATE INDEX client_token_created ON client_token (created);

CREATE TABLE organization_member (
  account TEXT NOT NULL, arn TEXT NOT NULL, PRIMARY KEY (account, arn)) STRICT, WITHOUT ROWID;

-- Settings of an account in a region; the emulator's own have neither.
CREATE TABLE setting (
  account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (account, region, name)) STRICT, WITHOUT ROWID;

-- Block maps: storage/block_layers.hpp says what a layer is, storage/block_holders.hpp who holds its blocks.
CREATE TABLE block_lineage (
  id INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, kms_key TEXT NOT NULL) STRICT;
CREATE TABLE block_layer (
  id INTEGER PRIMARY KEY,
  lineage INTEGER NOT NULL REFERENCES block_lineage (id) DEFERRABLE INITIALLY DEFERRED,
  parent INTEGER REFERENCES block_layer (id) DEFERRABLE INITIALLY DEFERRED,
  blocks INTEGER NOT NULL, written INTEGER NOT NULL, unheld INTEGER NOT NULL) STRICT;
CREATE INDEX block_layer_of_lineage ON block_layer (lineage);
CREATE INDEX block_layer_of_parent ON block_layer (parent);
CREATE TABLE block_extent (
  layer INTEGER NOT NULL REFERENCES block_layer (id) ON DELETE CASCADE,
  start INTEGER NOT NULL, length INTEGER NOT NULL, hole INTEGER NOT NULL,
  PRIMARY KEY (layer, start)) STRICT, WITHOUT ROWID;
CREATE TABLE block_data (digest BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE block_content (
  layer INTEGER NOT NULL REFERENCES block_layer (id) ON DELETE CASCADE, block INTEGER NOT NULL,
  digest BLOB NOT NULL REFERENCES block_data (digest) DEFERRABLE INITIALLY DEFERRED,
  PRIMARY KEY (layer, block)) STRICT, WITHOUT ROWID;
CREATE INDEX block_content_of_digest ON block_content (digest);
-- Maps that can be written to: volumes, and snapshots begun by StartSnapshot.
CREATE TABLE block_open (
  region TEXT NOT NULL, id TEXT NOT NULL,
  layer INTEGER NOT NULL UNIQUE REFERENCES block_layer (id) DEFERRABLE INITIALLY DEFERRED, next INTEGER NOT NULL,
  PRIMARY KEY (region, id)) STRICT, WITHOUT ROWID;
-- Numbers rise with age. A snapshot that made its layer is older than all that lies above.
CREATE TABLE block_snapshot (
  number INTEGER PRIMARY KEY, region TEXT NOT NULL, id TEXT NOT NULL,
  layer INTEGER NOT NULL REFERENCES block_layer (id) DEFERRABLE INITIALLY DEFERRED,
  made_layer INTEGER NOT NULL, archived INTEGER NOT NULL, stored INTEGER NOT NULL,
  UNIQUE (region, id)) STRICT;
CREATE INDEX block_snapshot_of_layer ON block_snapshot (layer);
CREATE TABLE block_holding (
  layer INTEGER NOT NULL REFERENCES block_layer (id) ON DELETE CASCADE,
  snapshot INTEGER NOT NULL REFERENCES block_snapshot (number) ON DELETE CASCADE,
  blocks INTEGER NOT NULL, PRIMARY KEY (layer, snapshot)) STRICT, WITHOUT ROWID;
CREATE INDEX block_holding_of_snapshot ON block_holding (snapshot);
CREATE TABLE block_unheld (
  layer INTEGER NOT NULL REFERENCES block_layer (id) ON DELETE CASCADE,
  start INTEGER NOT NULL, length INTEGER NOT NULL, PRIMARY KEY (layer, start)) STRICT, WITHOUT ROWID;
-- Copies of a lineage's snapshots elsewhere; the latest at each place keeps the layer that it was made of.
CREATE TABLE block_copy (
  snapshot INTEGER PRIMARY KEY REFERENCES block_snapshot (number) ON DELETE CASCADE,
  lineage INTEGER NOT NULL REFERENCES block_lineage (id) ON DELETE CASCADE,
  account TEXT NOT NULL, region TEXT NOT NULL, kms_key TEXT NOT NULL,
  source INTEGER REFERENCES block_layer (id) DEFERRABLE INITIALLY DEFERRED) STRICT;
CREATE INDEX block_copy_of_lineage ON block_copy (lineage, account, region);
CREATE INDEX block_copy_source ON block_copy (source);
)sql",
    R"sql(
CREATE TABLE address (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  association_id TEXT, network_interface_id TEXT, document TEXT NOT NULL, UNIQUE (region, id)) STRICT;
CREATE INDEX address_of_account ON address (account, region);
CREATE INDEX address_association ON address (association_id);
CREATE INDEX address_of_interface ON address (network_interface_id);
CREATE TABLE allocated_public_address (
  owner INTEGER NOT NULL REFERENCES address (row) ON DELETE CASCADE, value TEXT NOT NULL UNIQUE,
  PRIMARY KEY (owner, value)) STRICT, WITHOUT ROWID;

CREATE TABLE nat_gateway (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  document TEXT NOT NULL, UNIQUE (region, id)) STRICT;
CREATE INDEX nat_gateway_of_account ON nat_gateway (account, region);
-- What operations on instances need.
ALTER TABLE instance ADD COLUMN profile_association_id TEXT;
CREATE INDEX instance_profile_association ON instance (profile_association_id);
CREATE TABLE placement_group (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  name TEXT NOT NULL, document TEXT NOT NULL,
  UNIQUE (region, id), UNIQUE (account, region, name)) STRICT;
CREATE TABLE spot_instance_request (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  instance_id TEXT, document TEXT NOT NULL,
  UNIQUE (region, id)) STRICT;
CREATE INDEX spot_instance_request_of_account ON spot_instance_request (account, region);
CREATE INDEX spot_instance_request_of_instance ON spot_instance_request (instance_id);
)sql",
    // What accounts do with snapshots and volumes (storage/ebs_tables.cpp).
    R"sql(
CREATE TABLE fast_snapshot_restore (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  snapshot_id TEXT NOT NULL, document TEXT NOT NULL,
  UNIQUE (region, id)) STRICT;
CREATE INDEX fast_snapshot_restore_of_account ON fast_snapshot_restore (account, region);
CREATE INDEX fast_snapshot_restore_of_snapshot ON fast_snapshot_restore (snapshot_id);
CREATE TABLE replace_root_volume_task (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  instance_id TEXT NOT NULL, document TEXT NOT NULL,
  UNIQUE (region, id)) STRICT;
CREATE INDEX replace_root_volume_task_of_account ON replace_root_volume_task (account, region);
CREATE INDEX replace_root_volume_task_of_instance ON replace_root_volume_task (instance_id);
)sql",
    R"sql(
-- What is used of what AWS bills: storage/meters.hpp. Nothing here is taken away when a resource goes.
CREATE TABLE metered_resource (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  image_id TEXT, UNIQUE (region, id, account)) STRICT;
CREATE TABLE meter_line (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, zone TEXT NOT NULL, usage_type TEXT NOT NULL,
  operation TEXT NOT NULL, source TEXT NOT NULL, minimum INTEGER NOT NULL,
  UNIQUE (account, region, zone, usage_type, operation)) STRICT;
-- Times are seconds since 1970. The second index holds all that a report reads.
CREATE TABLE meter (
  row INTEGER PRIMARY KEY, resource INTEGER NOT NULL, line INTEGER NOT NULL, quantity INTEGER NOT NULL,
  since INTEGER NOT NULL, until INTEGER NOT NULL) STRICT;
CREATE INDEX meter_of_resource ON meter (resource, until);
CREATE INDEX meter_by_time ON meter (until, since, line, resource, quantity);
CREATE TABLE meter_count (
  hour INTEGER NOT NULL, line INTEGER NOT NULL, resource INTEGER NOT NULL, quantity INTEGER NOT NULL,
  PRIMARY KEY (hour, line, resource)) STRICT, WITHOUT ROWID;
-- The last tags of what is or was metered.
CREATE TABLE metered_tag (
  account TEXT NOT NULL, region TEXT NOT NULL, resource_id TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
  PRIMARY KEY (account, region, resource_id, key)) STRICT, WITHOUT ROWID;
CREATE TABLE gone_image (
  account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL, name TEXT, since INTEGER,
  PRIMARY KEY (region, id)) STRICT, WITHOUT ROWID;

-- Rows whose meters are to be looked at before the transaction ends. Triggers write them, so that nobody forgets to; an
-- "OR REPLACE" in a trigger would give way to what the statement outside says, so there is none.
CREATE TABLE meter_due (
  source TEXT NOT NULL, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL) STRICT;
INSERT INTO meter_due SELECT 'instance', account, region, id FROM instance;
INSERT INTO meter_due SELECT 'volume', account, region, id FROM volume;
INSERT INTO meter_due SELECT 'snapshot', account, region, id FROM snapshot;
INSERT INTO meter_due SELECT 'network_interface', account, region, id FROM network_interface;
INSERT INTO meter_due SELECT 'address', account, region, id FROM address;
INSERT INTO meter_due SELECT 'fast_snapshot_restore', account, region, snapshot_id FROM fast_snapshot_restore;
INSERT INTO metered_tag SELECT account, region, resource_id, key, value FROM tag
  WHERE resource_type IN ('instance', 'volume', 'snapshot', 'network-interface', 'elastic-ip');

CREATE TRIGGER meter_instance_made AFTER INSERT ON instance WHEN new.state = 'running' BEGIN
  INSERT INTO meter_due VALUES ('instance', new.account, new.region, new.id); END;
CREATE TRIGGER meter_instance_changed AFTER UPDATE ON instance WHEN new.state <> old.state BEGIN
  INSERT INTO meter_due VALUES ('instance', new.account, new.region, new.id); END;
CREATE TRIGGER meter_instance_gone AFTER DELETE ON instance WHEN old.state <> 'terminated' BEGIN
  INSERT INTO meter_due VALUES ('instance', old.account, old.region, old.id); END;
CREATE TRIGGER meter_volume_made AFTER INSERT ON volume BEGIN
  INSERT INTO meter_due VALUES ('volume', new.account, new.region, new.id); END;
CREATE TRIGGER meter_volume_changed AFTER UPDATE ON volume BEGIN
  INSERT INTO meter_due VALUES ('volume', new.account, new.region, new.id); END;
CREATE TRIGGER meter_volume_gone AFTER DELETE ON volume BEGIN
  INSERT INTO meter_due VALUES ('volume', old.account, old.region, old.id); END;
CREATE TRIGGER meter_snapshot_made AFTER INSERT ON snapshot BEGIN
  INSERT INTO meter_due VALUES ('snapshot', new.account, new.region, new.id); END;
CREATE TRIGGER meter_snapshot_changed AFTER UPDATE ON snapshot BEGIN
  INSERT INTO meter_due VALUES ('snapshot', new.account, new.region, new.id); END;
CREATE TRIGGER meter_snapshot_gone AFTER DELETE ON snapshot BEGIN
  INSERT INTO meter_due VALUES ('snapshot', old.account, old.region, old.id); END;
-- Blocks that a snapshot shared become another's when it goes.
CREATE TRIGGER meter_stored_made AFTER INSERT ON block_snapshot BEGIN
  INSERT INTO meter_due
    SELECT 'snapshot', account, region, id FROM snapshot WHERE region = new.region AND id = new.id; END;
CREATE TRIGGER meter_stored_changed AFTER UPDATE ON block_snapshot WHEN new.stored <> old.stored BEGIN
  INSERT INTO meter_due
    SELECT 'snapshot', account, region, id FROM snapshot WHERE region = new.region AND id = new.id; END;
CREATE TRIGGER meter_interface_made AFTER INSERT ON network_interface
  WHEN instr(new.document, '"PublicIp"') > 0 BEGIN
  INSERT INTO meter_due VALUES ('network_interface', new.account, new.region, new.id); END;
CREATE TRIGGER meter_interface_changed AFTER UPDATE ON network_interface
  WHEN instr(new.document, '"PublicIp"') + instr(old.document, '"PublicIp"') > 0 BEGIN
  INSERT INTO meter_due VALUES ('network_interface', new.account, new.region, new.id); END;
CREATE TRIGGER meter_interface_gone AFTER DELETE ON network_interface
  WHEN instr(old.document, '"PublicIp"') > 0 BEGIN
  INSERT INTO meter_due VALUES ('network_interface', old.account, old.region, old.id); END;
CREATE TRIGGER meter_address_made AFTER INSERT ON address BEGIN
  INSERT INTO meter_due VALUES ('address', new.account, new.region, new.id); END;
CREATE TRIGGER meter_address_changed AFTER UPDATE ON address BEGIN
  INSERT INTO meter_due VALUES ('address', new.account, new.region, new.id); END;
CREATE TRIGGER meter_address_gone AFTER DELETE ON address BEGIN
  INSERT INTO meter_due VALUES ('address', old.account, old.region, old.id); END;
-- The owner of a fast restore is whoever enabled it; its meters are the snapshot's.
CREATE TRIGGER meter_fast_restore_made AFTER INSERT ON fast_snapshot_restore BEGIN
  INSERT INTO meter_due VALUES ('fast_snapshot_restore', new.account, new.region, new.snapshot_id); END;
CREATE TRIGGER meter_fast_restore_changed AFTER UPDATE ON fast_snapshot_restore BEGIN
  INSERT INTO meter_due VALUES ('fast_snapshot_restore', new.account, new.region, new.snapshot_id); END;
CREATE TRIGGER meter_fast_restore_gone AFTER DELETE ON fast_snapshot_restore BEGIN
  INSERT INTO meter_due VALUES ('fast_snapshot_restore', old.account, old.region, old.snapshot_id); END;
CREATE TRIGGER meter_image_gone AFTER DELETE ON image BEGIN
  DELETE FROM gone_image WHERE region = old.region AND id = old.id;
  INSERT INTO gone_image VALUES (old.account, old.region, old.id, old.name, NULL);
  INSERT INTO meter_due VALUES ('image', old.account, old.region, old.id); END;
CREATE TRIGGER meter_image_back AFTER INSERT ON image BEGIN
  DELETE FROM gone_image WHERE region = new.region AND id = new.id; END;

CREATE TRIGGER metered_tag_made AFTER INSERT ON tag
  WHEN new.resource_type IN ('instance', 'volume', 'snapshot', 'network-interface', 'elastic-ip') BEGIN
  DELETE FROM metered_tag WHERE account = new.account AND region = new.region AND resource_id = new.resource_id
    AND key = new.key;
  INSERT INTO metered_tag VALUES (new.account, new.region, new.resource_id, new.key, new.value); END;
CREATE TRIGGER metered_tag_changed AFTER UPDATE ON tag
  WHEN new.resource_type IN ('instance', 'volume', 'snapshot', 'network-interface', 'elastic-ip') BEGIN
  DELETE FROM metered_tag WHERE account = new.account AND region = new.region AND resource_id = new.resource_id
    AND key = new.key;
  INSERT INTO metered_tag VALUES (new.account, new.region, new.resource_id, new.key, new.value); END;
-- Not when its resource went first.
CREATE TRIGGER metered_tag_gone AFTER DELETE ON tag
  WHEN EXISTS (SELECT 1 FROM instance WHERE region = old.region AND id = old.resource_id)
    OR EXISTS (SELECT 1 FROM volume WHERE region = old.region AND id = old.resource_id)
    OR EXISTS (SELECT 1 FROM snapshot WHERE region = old.region AND id = old.resource_id)
    OR EXISTS (SELECT 1 FROM network_interface WHERE region = old.region AND id = old.resource_id)
    OR EXISTS (SELECT 1 FROM address WHERE region = old.region AND id = old.resource_id) BEGIN
  DELETE FROM metered_tag WHERE account = old.account AND region = old.region AND resource_id = old.resource_id
    AND key = old.key; END;
CREATE TABLE image_usage_report (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  image_id TEXT NOT NULL, state TEXT NOT NULL, document TEXT NOT NULL,
  UNIQUE (region, id)) STRICT;
CREATE INDEX image_usage_report_scope ON image_usage_report (account, region, row);
)sql",
    R"sql(
CREATE TABLE retention_rule (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  resource_type TEXT NOT NULL, document TEXT NOT NULL, UNIQUE (region, id)) STRICT;
CREATE INDEX retention_rule_of_account ON retention_rule (account, region);
-- What is in the Recycle Bin is not in the table of its kind.
CREATE TABLE recycled_resource (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  resource_type TEXT NOT NULL, document TEXT NOT NULL, UNIQUE (region, id)) STRICT;
CREATE INDEX recycled_resource_of_account ON recycled_resource (account, region);
-- It is metered on, until it is gone for good.
CREATE TRIGGER meter_recycled_gone AFTER DELETE ON recycled_resource WHEN old.resource_type <> 'EC2_IMAGE' BEGIN
  INSERT OR IGNORE INTO meter_due
    VALUES (CASE old.resource_type WHEN 'EBS_VOLUME' THEN 'volume' ELSE 'snapshot' END, old.account, old.region, old.id);
  END;
CREATE TRIGGER meter_recycled_stored AFTER UPDATE ON block_snapshot WHEN new.stored <> old.stored BEGIN
  INSERT OR IGNORE INTO meter_due
    SELECT 'snapshot', account, region, id FROM recycled_resource WHERE region = new.region AND id = new.id; END;

CREATE TABLE store_image_task (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  document TEXT NOT NULL, UNIQUE (region, id)) STRICT;
CREATE INDEX store_image_task_of_account ON store_image_task (account, region);
CREATE TABLE stored_image (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  document TEXT NOT NULL, UNIQUE (region, id)) STRICT;
CREATE INDEX stored_image_of_account ON stored_image (account, region);
CREATE TABLE fast_launch_image (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  document TEXT NOT NULL, UNIQUE (region, id)) STRICT;
CREATE INDEX fast_launch_image_of_account ON fast_launch_image (account, region);
)sql",
    R"sql(
CREATE TABLE launch_template (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  name TEXT NOT NULL, document TEXT NOT NULL,
  UNIQUE (region, id), UNIQUE (account, region, name)) STRICT;
CREATE TABLE launch_template_version (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  template_id TEXT NOT NULL, document TEXT NOT NULL,
  UNIQUE (region, id)) STRICT;
CREATE INDEX launch_template_version_of_template ON launch_template_version (template_id);
)sql",
    R"sql(
CREATE TABLE parameter (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  name TEXT NOT NULL, document TEXT NOT NULL,
  UNIQUE (region, id), UNIQUE (account, region, name)) STRICT;
)sql",
    R"sql(
-- Which tags a resource had when, for the bill: a tag counts from the hour in which it is set until the one in which it
-- is removed, and what a resource had at its end stays. -1 stands for the time of the running transaction, which
-- settle_meters() fills in.
CREATE TABLE tag_span (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, resource_id TEXT NOT NULL, key TEXT NOT NULL,
  value TEXT NOT NULL, since INTEGER NOT NULL, until INTEGER NOT NULL) STRICT;
CREATE INDEX tag_span_of_resource ON tag_span (account, region, resource_id, key);
CREATE INDEX tag_span_unsettled ON tag_span (row) WHERE since = -1 OR until = -1;
INSERT INTO tag_span (account, region, resource_id, key, value, since, until)
  SELECT account, region, resource_id, key, value, 0, 9223372036854775807 FROM metered_tag;
DROP TRIGGER metered_tag_made;
DROP TRIGGER metered_tag_changed;
DROP TRIGGER metered_tag_gone;
DROP TABLE metered_tag;

CREATE TRIGGER tag_span_made AFTER INSERT ON tag
  WHEN new.resource_type IN ('instance', 'volume', 'snapshot', 'network-interface', 'elastic-ip') BEGIN
  UPDATE tag_span SET until = -1 WHERE account = new.account AND region = new.region
    AND resource_id = new.resource_id AND key = new.key AND value <> new.value AND until = 9223372036854775807;
  UPDATE tag_span SET until = 9223372036854775807 WHERE account = new.account AND region = new.region
    AND resource_id = new.resource_id AND key = new.key AND value = new.value AND until = -1;
  INSERT INTO tag_span (account, region, resource_id, key, value, since, until)
    SELECT new.account, new.region, new.resource_id, new.key, new.value, -1, 9223372036854775807
    WHERE NOT EXISTS (SELECT 1 FROM tag_span WHERE account = new.account AND region = new.region
      AND resource_id = new.resource_id AND key = new.key AND until = 9223372036854775807);
  INSERT INTO meter_due VALUES ('tag', new.account, new.region, new.resource_id); END;
CREATE TRIGGER tag_span_changed AFTER UPDATE ON tag WHEN new.value <> old.value
  AND new.resource_type IN ('instance', 'volume', 'snapshot', 'network-interface', 'elastic-ip') BEGIN
  UPDATE tag_span SET until = -1 WHERE account = new.account AND region = new.region
    AND resource_id = new.resource_id AND key = new.key AND until = 9223372036854775807;
  INSERT INTO tag_span (account, region, resource_id, key, value, since, until)
    VALUES (new.account, new.region, new.resource_id, new.key, new.value, -1, 9223372036854775807);
  INSERT INTO meter_due VALUES ('tag', new.account, new.region, new.resource_id); END;
-- Not when its resource went first.
CREATE TRIGGER tag_span_ended AFTER DELETE ON tag
  WHEN EXISTS (SELECT 1 FROM instance WHERE region = old.region AND id = old.resource_id)
    OR EXISTS (SELECT 1 FROM volume WHERE region = old.region AND id = old.resource_id)
    OR EXISTS (SELECT 1 FROM snapshot WHERE region = old.region AND id = old.resource_id)
    OR EXISTS (SELECT 1 FROM network_interface WHERE region = old.region AND id = old.resource_id)
    OR EXISTS (SELECT 1 FROM address WHERE region = old.region AND id = old.resource_id) BEGIN
  UPDATE tag_span SET until = -1 WHERE account = old.account AND region = old.region
    AND resource_id = old.resource_id AND key = old.key AND until = 9223372036854775807;
  INSERT INTO meter_due VALUES ('tag', old.account, old.region, old.resource_id); END;
CREATE TABLE import_image_task (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  status TEXT, document TEXT NOT NULL, UNIQUE (region, id)) STRICT;
CREATE INDEX import_image_task_of_account ON import_image_task (account, region);
CREATE TABLE import_snapshot_task (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  status TEXT, document TEXT NOT NULL, UNIQUE (region, id)) STRICT;
CREATE INDEX import_snapshot_task_of_account ON import_snapshot_task (account, region);
CREATE TABLE export_image_task (
  row INTEGER PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, id TEXT NOT NULL,
  status TEXT, document TEXT NOT NULL, UNIQUE (region, id)) STRICT;
CREATE INDEX export_image_task_of_account ON export_image_task (account, region);
)sql",
};

std::int64_t pragma(Database& database, std::string_view sql) {
  auto query = database.prepare(sql);
  return query.step() ? query.integer(0) : 0;
}

bool is_empty(Database& database) { return pragma(database, "SELECT count(*) FROM sqlite_schema") == 0; }

}  // namespace

std::int64_t newest_schema_version() { return std::ssize(kMigrations); }

void refuse_foreign_file(Database& database) {
  const bool ours = pragma(database, "PRAGMA application_id") == kApplicationId;
  if (!ours && !is_empty(database)) throw Error("the file is a database of another program");
  const std::int64_t version = database.user_version();
  if (version > newest_schema_version())
    throw Error("the file was written by a newer Amity (schema " + std::to_string(version) + ", this one knows " +
                std::to_string(newest_schema_version()) + ")");
}

// All in one transaction: what several migrations write to is written once.
void migrate(Database& database) {
  const std::int64_t version = database.user_version();
  if (version == newest_schema_version()) return;
  Transaction transaction(database);
  for (const char* migration : std::span(kMigrations).subspan(static_cast<std::size_t>(version)))
    database.execute(migration);
  database.execute("PRAGMA application_id = " + std::to_string(kApplicationId) +
                   "; PRAGMA user_version = " + std::to_string(newest_schema_version()));
  transaction.commit();
}

}  // namespace amity::storage
