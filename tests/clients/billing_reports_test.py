"""The reports against their specifications: AWS Data Exports' table dictionary (CUR 2.0) and FOCUS 1.2."""
import base64
import csv
import decimal
import hashlib
import io
import json
import re
import urllib.request

import pytest
from conftest import ACCOUNT, bake, newest_image, run_instance

DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
MOMENT = re.compile(r"[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{3})?Z")

# Columns in order: kind, and behind it "?" where the specification allows null. "{}" is a map of texts; "=a|b" are the
# values that are allowed. Those of commitments, capacity reservations and invoices must be null where there are none.
FOCUS = {
    "AvailabilityZone": "text?", "BilledCost": "decimal", "BillingAccountId": "text", "BillingAccountName": "text?",
    "BillingAccountType": "text", "BillingCurrency": "=USD", "BillingPeriodEnd": "moment", "BillingPeriodStart": "moment",
    "CapacityReservationId": "null", "CapacityReservationStatus": "null",
    "ChargeCategory": "=Usage|Purchase|Tax|Credit|Adjustment", "ChargeClass": "=Correction?", "ChargeDescription": "text?",
    "ChargeFrequency": "=One-Time|Recurring|Usage-Based", "ChargePeriodEnd": "moment", "ChargePeriodStart": "moment",
    "CommitmentDiscountCategory": "null", "CommitmentDiscountId": "null", "CommitmentDiscountName": "null",
    "CommitmentDiscountQuantity": "null", "CommitmentDiscountStatus": "null", "CommitmentDiscountType": "null",
    "CommitmentDiscountUnit": "null", "ConsumedQuantity": "decimal", "ConsumedUnit": "unit", "ContractedCost": "decimal",
    "ContractedUnitPrice": "decimal", "EffectiveCost": "decimal", "InvoiceId": "text?", "InvoiceIssuerName": "text",
    "ListCost": "decimal", "ListUnitPrice": "decimal", "PricingCategory": "=Standard|Committed|Dynamic|Other",
    "PricingCurrency": "=USD", "PricingCurrencyContractedUnitPrice": "decimal", "PricingCurrencyEffectiveCost": "decimal",
    "PricingCurrencyListUnitPrice": "decimal", "PricingQuantity": "decimal", "PricingUnit": "unit", "ProviderName": "text",
    "PublisherName": "text", "RegionId": "text", "RegionName": "text", "ResourceId": "text", "ResourceName": "text?",
    "ResourceType": "text", "ServiceCategory": "=Compute|Networking|Storage", "ServiceName": "text",
    "ServiceSubcategory": "text", "SkuId": "text", "SkuMeter": "text", "SkuPriceDetails": "{}?", "SkuPriceId": "text",
    "SubAccountId": "text", "SubAccountName": "text", "SubAccountType": "text", "Tags": "{}?", "x_Discounts": "{}",
    "x_Operation": "text", "x_ServiceCode": "text",
}
# Which category each subcategory belongs to, of those that can come.
SUBCATEGORIES = {"Virtual Machines": "Compute", "Block Storage": "Storage", "Backup Storage": "Storage",
                 "Network Infrastructure": "Networking", "Other (Networking)": "Networking"}
UNIT = re.compile(r"[A-Za-z][A-Za-z0-9]*(-(Years|Months|Days|Hours|Minutes|Seconds))?")

CUR = {
    "bill_bill_type": "=Anniversary|Purchase|Refund", "bill_billing_entity": "=AWS|AWS Marketplace|AISPL",
    "bill_billing_period_end_date": "moment", "bill_billing_period_start_date": "moment", "bill_invoice_id": "text?",
    "bill_invoicing_entity": "text", "bill_payer_account_id": "account", "bill_payer_account_name": "text",
    "cost_category": "{}", "discount": "{}", "discount_bundled_discount": "decimal?", "discount_total_discount": "decimal?",
    "identity_line_item_id": "text", "identity_time_interval": "interval", "line_item_availability_zone": "text?",
    "line_item_blended_cost": "decimal", "line_item_blended_rate": "decimal", "line_item_currency_code": "=USD",
    "line_item_legal_entity": "text", "line_item_line_item_description": "text",
    "line_item_line_item_type": "=Usage|Tax|Credit|Fee|Refund|DiscountedUsage|RIFee", "line_item_net_unblended_cost": "null",
    "line_item_net_unblended_rate": "null", "line_item_normalization_factor": "decimal?",
    "line_item_normalized_usage_amount": "decimal?", "line_item_operation": "text", "line_item_product_code": "text",
    "line_item_resource_id": "text", "line_item_tax_type": "null", "line_item_unblended_cost": "decimal",
    "line_item_unblended_rate": "decimal", "line_item_usage_account_id": "account", "line_item_usage_account_name": "text",
    "line_item_usage_amount": "decimal", "line_item_usage_end_date": "moment", "line_item_usage_start_date": "moment",
    "line_item_usage_type": "text", "pricing_currency": "=USD", "pricing_lease_contract_length": "null",
    "pricing_offering_class": "null", "pricing_public_on_demand_cost": "decimal", "pricing_public_on_demand_rate": "decimal",
    "pricing_purchase_option": "null", "pricing_rate_code": "text", "pricing_rate_id": "text",
    "pricing_term": "=OnDemand|Reserved|Spot", "pricing_unit": "text", "product": "{}", "product_comment": "text?",
    "product_fee_code": "text?", "product_fee_description": "text?", "product_from_location": "text?",
    "product_from_location_type": "text?", "product_from_region_code": "text?", "product_instance_family": "text?",
    "product_instance_type": "text?", "product_instancesku": "text?", "product_location": "text",
    "product_location_type": "text", "product_operation": "text", "product_pricing_unit": "text",
    "product_product_family": "text", "product_region_code": "text", "product_servicecode": "text", "product_sku": "text",
    "product_to_location": "text?", "product_to_location_type": "text?", "product_to_region_code": "text?",
    "product_usagetype": "text",
    **dict.fromkeys((
        "reservation_amortized_upfront_cost_for_usage", "reservation_amortized_upfront_fee_for_billing_period",
        "reservation_availability_zone", "reservation_effective_cost", "reservation_end_time",
        "reservation_modification_status", "reservation_net_amortized_upfront_cost_for_usage",
        "reservation_net_amortized_upfront_fee_for_billing_period", "reservation_net_effective_cost",
        "reservation_net_recurring_fee_for_usage", "reservation_net_unused_amortized_upfront_fee_for_billing_period",
        "reservation_net_unused_recurring_fee", "reservation_net_upfront_value",
        "reservation_normalized_units_per_reservation", "reservation_number_of_reservations",
        "reservation_recurring_fee_for_usage", "reservation_reservation_a_r_n", "reservation_start_time",
        "reservation_subscription_id", "reservation_total_reserved_normalized_units", "reservation_total_reserved_units",
        "reservation_units_per_reservation", "reservation_unused_amortized_upfront_fee_for_billing_period",
        "reservation_unused_normalized_unit_quantity", "reservation_unused_quantity", "reservation_unused_recurring_fee",
        "reservation_upfront_value"), "null"),
    "resource_tags": "{}",
    **dict.fromkeys((
        "savings_plan_amortized_upfront_commitment_for_billing_period", "savings_plan_end_time",
        "savings_plan_instance_type_family", "savings_plan_net_amortized_upfront_commitment_for_billing_period",
        "savings_plan_net_recurring_commitment_for_billing_period", "savings_plan_net_savings_plan_effective_cost",
        "savings_plan_offering_type", "savings_plan_payment_option", "savings_plan_purchase_term",
        "savings_plan_recurring_commitment_for_billing_period", "savings_plan_region", "savings_plan_savings_plan_a_r_n",
        "savings_plan_savings_plan_effective_cost", "savings_plan_savings_plan_rate", "savings_plan_start_time",
        "savings_plan_total_commitment_to_date", "savings_plan_used_commitment"), "null"),
}


def is_map(text):
    try:
        read = json.loads(text)
    except json.JSONDecodeError:
        return False
    return isinstance(read, dict) and all(isinstance(value, (str, int, float, bool)) for value in read.values())


def fits(kind, cell):
    """Whether a cell is what its column asks for."""
    if kind == "null":
        return cell == ""
    if kind.endswith("?"):
        return cell == "" or fits(kind[:-1], cell)
    if kind.startswith("="):
        return cell in kind[1:].split("|")
    if kind == "interval":
        return all(MOMENT.fullmatch(part) for part in cell.split("/")) and cell.count("/") == 1
    return {"text": lambda: cell.strip() == cell != "", "decimal": lambda: DECIMAL.fullmatch(cell),
            "moment": lambda: MOMENT.fullmatch(cell), "account": lambda: re.fullmatch("[0-9]{12}", cell),
            "unit": lambda: UNIT.fullmatch(cell), "{}": lambda: is_map(cell)}[kind]()


def check_columns(rows, columns):
    assert list(rows[0]) == list(columns)
    for row in rows:
        for name, kind in columns.items():
            assert fits(kind, row[name]), f"{name} is {row[name]!r}, not {kind}, in {row}"


def report(amity, form):
    with urllib.request.urlopen(f"{amity.url}/_amity/bill?month=2026-01&format={form}", timeout=30) as response:
        text = response.read().decode()
    return json.loads(text) if form == "json" else list(csv.DictReader(io.StringIO(text)))


@pytest.fixture
def month(amity):
    """A January with something of every meter."""
    amity.post("/_amity/clock", {"set": "2026-01-01T00:00:00Z"})
    amity.post("/_amity/clock", {"freeze": True})
    ec2, ireland, ebs = amity.client(), amity.client(region="eu-west-1"), amity.client("ebs")
    instance = run_instance(ec2)
    run_instance(ec2, InstanceType="m5.large", ImageId=newest_image(ec2, name="Windows_Server-2022-English-Full-Base*")["ImageId"])
    run_instance(ec2, InstanceType="m7i.48xlarge")  # of no known price
    run_instance(ec2, InstanceMarketOptions={"MarketType": "spot"})
    volumes = [ec2.create_volume(AvailabilityZone="us-east-1a", Size=1000, VolumeType=kind, **more)["VolumeId"]
               for kind, more in (("gp2", {}), ("gp3", {"Iops": 4000, "Throughput": 250}), ("io1", {"Iops": 500}),
                                  ("io2", {"Iops": 70000}), ("st1", {}), ("sc1", {}), ("standard", {}))]
    amity.post(f"/_amity/volumes/{volumes[0]}/writes", {"changed_gib": 3})
    address = ec2.allocate_address()["AllocationId"]
    image = bake(ec2, instance, "golden")
    snapshot = ec2.create_snapshot(VolumeId=volumes[0])["SnapshotId"]
    ireland.copy_snapshot(SourceRegion="us-east-1", SourceSnapshotId=snapshot)
    ec2.enable_fast_snapshot_restores(AvailabilityZones=["us-east-1a"], SourceSnapshotIds=[snapshot])
    amity.advance("30h")
    ec2.disable_fast_snapshot_restores(AvailabilityZones=["us-east-1a"], SourceSnapshotIds=[snapshot])
    ec2.create_tags(Resources=[instance, volumes[0]], Tags=[{"Key": "team", "Value": 'say "hello", red'}])
    ec2.associate_address(AllocationId=address, InstanceId=instance)
    ec2.modify_volume(VolumeId=volumes[0], VolumeType="gp3")
    archived = ec2.create_snapshot(VolumeId=volumes[0])["SnapshotId"]
    ec2.modify_snapshot_tier(SnapshotId=archived, StorageTier="archive")
    amity.advance("30h")
    ec2.restore_snapshot_tier(SnapshotId=archived, TemporaryRestoreDays=1)
    amity.advance("30h")
    ec2.delete_snapshot(SnapshotId=archived)
    ec2.deregister_image(ImageId=image)
    made = ebs.start_snapshot(VolumeSize=1)["SnapshotId"]
    block = bytes(524288)
    checksum = base64.b64encode(hashlib.sha256(block).digest()).decode()
    ebs.put_snapshot_block(SnapshotId=made, BlockIndex=0, BlockData=block, DataLength=len(block), Checksum=checksum,
                           ChecksumAlgorithm="SHA256")
    ebs.complete_snapshot(SnapshotId=made, ChangedBlocksCount=1)
    token = ebs.list_snapshot_blocks(SnapshotId=made)["Blocks"][0]["BlockToken"]
    ebs.get_snapshot_block(SnapshotId=made, BlockIndex=0, BlockToken=token)
    amity.advance("30d")
    return amity


def test_every_meter_is_in_the_month(month):
    found = {re.sub(r"^(USE1-EU|EU-USE1|EU)-", "", line["usage_type"]) for line in report(month, "json")["lines"]}
    wanted = {"AWS-In-Bytes", "AWS-Out-Bytes", "PublicIPv4:IdleAddress", "PublicIPv4:InUseAddress", "SpotUsage:t3.micro",
              "BoxUsage:t3.micro", "BoxUsage:m5.large", "BoxUsage:m7i.48xlarge"}
    wanted |= {"EBS:" + name for name in (
        "FastSnapshotRestore", "SnapshotArchiveEarlyDelete", "SnapshotArchiveRetrieval", "SnapshotArchiveStorage",
        "SnapshotUsage", "VolumeP-IOPS.gp3", "VolumeP-IOPS.io2", "VolumeP-IOPS.io2.tier2", "VolumeP-IOPS.io2.tier3",
        "VolumeP-IOPS.piops", "VolumeP-Throughput.gp3", "VolumeUsage", "VolumeUsage.gp2", "VolumeUsage.gp3",
        "VolumeUsage.io2", "VolumeUsage.piops", "VolumeUsage.sc1", "VolumeUsage.st1", "directAPI.snapshot.Get",
        "directAPI.snapshot.List", "directAPI.snapshot.Put")}
    assert found == wanted


def test_focus(month):
    rows = report(month, "focus")
    check_columns(rows, FOCUS)
    services, subcategories, skus = {}, {}, {}
    for row in rows:
        assert row["BillingPeriodStart"] <= row["ChargePeriodStart"] < row["ChargePeriodEnd"] <= row["BillingPeriodEnd"]
        assert row["PricingCategory"] == ("Dynamic" if row["SkuMeter"].startswith("SpotUsage") else "Standard")
        assert SUBCATEGORIES[row["ServiceSubcategory"]] == row["ServiceCategory"]
        # One of each, by the specification.
        assert services.setdefault(row["ServiceName"], row["ServiceCategory"]) == row["ServiceCategory"]
        assert subcategories.setdefault(row["ServiceName"], row["ServiceSubcategory"]) == row["ServiceSubcategory"]
        assert skus.setdefault(row["SkuPriceId"], row["SkuId"]) == row["SkuId"]
        for price, cost in (("ListUnitPrice", "ListCost"), ("ContractedUnitPrice", "ContractedCost")):
            product = decimal.Decimal(row[price]) * decimal.Decimal(row["PricingQuantity"])
            assert abs(product - decimal.Decimal(row[cost])) < decimal.Decimal("1e-8"), row
    total = decimal.Decimal(report(month, "json")["total"])
    for column in ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "PricingCurrencyEffectiveCost"):
        assert sum(decimal.Decimal(row[column]) for row in rows) == total


def test_cur(month):
    rows = report(month, "cur")
    check_columns(rows, CUR)
    assert len({row["identity_line_item_id"] for row in rows}) == len(rows)
    for row in rows:
        start, end = row["identity_time_interval"].split("/")
        assert (start[:19], end[:19]) == (row["line_item_usage_start_date"][:19], row["line_item_usage_end_date"][:19])
        assert row["bill_billing_period_start_date"] <= row["line_item_usage_start_date"]
        assert row["line_item_usage_end_date"] <= row["bill_billing_period_end_date"]
        is_traffic = row["line_item_usage_type"].endswith("-Bytes")
        assert (row["product_servicecode"] == "AWSDataTransfer") == is_traffic
        assert (row["product_to_region_code"] != "") == (row["product_from_region_code"] != "") == is_traffic
        assert (row["product_instance_type"] != "") == ("Usage:" in row["line_item_usage_type"].replace("EBS:", ""))
    total = decimal.Decimal(report(month, "json")["total"])
    for column in ("line_item_unblended_cost", "line_item_blended_cost", "pricing_public_on_demand_cost"):
        assert sum(decimal.Decimal(row[column]) for row in rows) == total


def test_tags_hold_from_the_hour_in_which_they_are_set(month):
    value = 'say "hello", red'
    rows = [row for row in report(month, "cur")
            if row["line_item_usage_type"] == "BoxUsage:t3.micro" and row["line_item_usage_account_id"] == ACCOUNT]
    untagged = sum(decimal.Decimal(row["line_item_usage_amount"]) for row in rows if row["resource_tags"] == "{}")
    assert untagged == 30
    assert {row["resource_tags"] for row in rows} == {"{}", json.dumps({"user_team": value}, separators=(",", ":"))}
