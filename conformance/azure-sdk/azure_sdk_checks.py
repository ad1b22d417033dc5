"""Drives the simulated Azure with Microsoft's own client libraries.

Reads where the cloud is from the environment (BERTH_ARM as JSON) and writes one JSON line for the plan, then one for
each check. Every check makes what it needs and does not lean on another; those that set faults or count run alone,
the others side by side.
"""

import concurrent.futures
import json
import os
import re
import ssl
import sys
import time
import traceback
import urllib.request

from azure.core.credentials import AccessToken
from azure.core.exceptions import (
    ClientAuthenticationError,
    HttpResponseError,
    ResourceExistsError,
    ResourceNotFoundError,
    ServiceRequestError,
    ServiceResponseError,
)
from azure.mgmt.storagecache import StorageCacheManagementClient

try:
    from azure.mgmt.network import NetworkManagementClient
except ImportError:
    NetworkManagementClient = None

ARM = json.loads(os.environ["BERTH_ARM"])
SUBSCRIPTION = ARM["subscriptionId"]
GROUP = ARM["resourceGroup"]
SUBNET = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.Network"
    f"/virtualNetworks/{ARM['vnet']}/subnets/{ARM['subnet']}"
)


class StaticCredential:
    """A token that any real service would refuse."""

    def get_token(self, *scopes, **kwargs):
        return AccessToken("static-token", int(time.time()) + 3600)


def client(**options):
    return StorageCacheManagementClient(
        StaticCredential(),
        SUBSCRIPTION,
        base_url=ARM["url"],
        connection_verify=ARM["caFile"],
        **{"polling_interval": 1, **options},
    )


def body(**changes):
    properties = {
        "storageCapacityTiB": 4,
        "filesystemSubnet": SUBNET,
        "maintenanceWindow": {"dayOfWeek": "Friday", "timeOfDayUTC": "22:00"},
        **changes.pop("properties", {}),
    }
    return {
        "location": ARM["location"],
        "sku": {"name": "AMLFS-Durable-Premium-500"},
        "zones": ["1"],
        "properties": properties,
        **changes,
    }


def create(name, **changes):
    return client().aml_filesystems.begin_create_or_update(GROUP, name, body(**changes))


def delete(name):
    client().aml_filesystems.begin_delete(GROUP, name).result()


def fault(kind, parameters=None, match=None):
    request("POST", {"kind": kind, "parameters": parameters or {}, "match": match or {}})


def clear_faults():
    request("DELETE")


def request(method, content=None):
    call = urllib.request.Request(
        ARM["url"] + "/_sandbox/faults",
        method=method,
        data=None if content is None else json.dumps(content).encode(),
        headers={"Authorization": "Bearer " + ARM["controlToken"], "Content-Type": "application/json"},
    )
    # As Python 3.13 and newer check certificates of their own accord.
    context = ssl.create_default_context(cafile=ARM["caFile"])
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    with urllib.request.urlopen(call, context=context) as answer:
        return json.load(answer)


def expect(condition, what):
    if not condition:
        raise AssertionError(what)


def equal(actual, wanted):
    expect(actual == wanted, f"{actual!r} is not {wanted!r}")


def refused(call, error_class, status, code):
    try:
        call()
    except error_class as error:
        equal(error.status_code, status)
        equal(error.error.code if error.error else None, code)
        return error
    raise AssertionError("the call was not refused")


CHECKS = []
ALONE = set()


def check(function):
    CHECKS.append(function)
    return function


def alone(function):
    ALONE.add(function)
    return function


@check
def a_file_system_is_created_and_polled_to_its_end():
    poller = create("made", tags={"Dept": "ContosoAds"})
    expect(not poller.done(), "the creation was over at once")
    first = client().aml_filesystems.get(GROUP, "made")
    equal(first.properties.provisioning_state, "Creating")
    expect(first.properties.client_info is None, "an MGS was named before there was one")
    made = poller.result()
    equal(poller.status(), "Succeeded")
    equal(made.properties.provisioning_state, "Succeeded")
    equal(made.properties.health.state, "Available")
    equal(made.tags, {"Dept": "ContosoAds"})
    equal(made.zones, ["1"])
    equal(made.sku.name, "AMLFS-Durable-Premium-500")
    equal(made.properties.storage_capacity_ti_b, 4)
    equal(made.properties.current_storage_capacity_ti_b, 4)
    equal(made.properties.throughput_provisioned_m_bps, 2000)
    equal(made.properties.maintenance_window.day_of_week, "Friday")
    info = made.properties.client_info
    expect(info.mgs_address.startswith("127."), info.mgs_address)
    equal(info.mount_command, f"mount -t lustre {info.mgs_address}@tcp:/lustrefs /lustre/lustrefs")
    expect(info.container_storage_interface.persistent_volume, "no volume manifest")
    delete("made")


@check
def the_percentage_of_an_operation_rises_to_100():
    poller = create("percent")
    url = poller.polling_method()._initial_response.http_response.headers["Azure-AsyncOperation"]
    operation = re.search(r"ascOperations/([^?]+)", url).group(1)
    seen = []
    while True:
        status = client().asc_operations.get(ARM["location"], operation, cls=lambda pipeline, *_: pipeline.http_response.json())
        seen.append(status["percentComplete"])
        if status["status"] != "InProgress":
            break
        time.sleep(0.1)
    equal(status["status"], "Succeeded")
    equal(seen, sorted(seen))
    equal(seen[-1], 100)
    expect(len(set(seen)) > 3, f"the percentages jump: {seen}")
    expect(status["endTime"] > status["startTime"], "the operation has no duration")
    typed = client().asc_operations.get(ARM["location"], operation)
    equal(typed.status, "Succeeded")
    delete("percent")


@check
def a_creation_is_resumed_from_its_continuation_token():
    token = create("resumed").continuation_token()
    poller = client().aml_filesystems.begin_create_or_update(GROUP, "resumed", body(), continuation_token=token)
    equal(poller.result().name, "resumed")
    delete("resumed")


@check
def a_second_put_while_it_is_created_follows_the_same_creation():
    create("twice")
    second = create("twice")
    equal(second.result().properties.provisioning_state, "Succeeded")
    delete("twice")


@check
@alone
def lists_by_group_and_subscription_follow_their_pages():
    names = [f"listed-{index:02}" for index in range(7)]
    for poller in [create(name) for name in names]:
        poller.result()
    by_group = [each.name for each in client().aml_filesystems.list_by_resource_group(GROUP)]
    by_subscription = [each.name for each in client().aml_filesystems.list()]
    expect(set(names) <= set(by_group), by_group)
    equal(by_subscription, by_group)
    pages = client().aml_filesystems.list().by_page()
    first = list(next(pages))
    expect(len(first) < len(by_group) and list(next(pages)), "there was but one page")
    for poller in [client().aml_filesystems.begin_delete(GROUP, name) for name in names]:
        poller.result()


@check
def tags_are_patched():
    create("tagged", tags={"a": "1"}).result()
    patched = client().aml_filesystems.begin_update(GROUP, "tagged", {"tags": {"b": "2"}}).result()
    equal(patched.tags, {"b": "2"})
    equal(client().aml_filesystems.get(GROUP, "tagged").tags, {"b": "2"})
    delete("tagged")


@check
def a_maintenance_window_is_patched_by_an_operation():
    create("window").result()
    window = {"dayOfWeek": "Monday", "timeOfDayUTC": "03:30"}
    # The answer that accepts it says so; a GET could come after the operation's end.
    states = []

    def state_of(answer):
        answer.http_response.read()
        states.append(answer.http_response.json().get("properties", {}).get("provisioningState"))

    poller = client().aml_filesystems.begin_update(
        GROUP,
        "window",
        {"properties": {"maintenanceWindow": window}},
        raw_response_hook=state_of,
    )
    equal(poller.result().properties.maintenance_window.time_of_day_utc, "03:30")
    equal(states[0], "Updating")
    delete("window")


@check
def a_deletion_is_polled_to_its_end_and_repeated():
    create("gone").result()
    poller = client().aml_filesystems.begin_delete(GROUP, "gone")
    equal(client().aml_filesystems.get(GROUP, "gone").properties.provisioning_state, "Deleting")
    poller.result()
    refused(lambda: client().aml_filesystems.get(GROUP, "gone"), ResourceNotFoundError, 404, "ResourceNotFound")
    delete("gone")


@check
def what_is_not_there_is_told_by_its_own_codes():
    systems = client().aml_filesystems
    refused(lambda: systems.get(GROUP, "no-such"), ResourceNotFoundError, 404, "ResourceNotFound")
    refused(lambda: systems.get("no-such-group", "x1"), ResourceNotFoundError, 404, "ResourceGroupNotFound")
    refused(
        lambda: client().asc_operations.get(ARM["location"], "no-such"), ResourceNotFoundError, 404, "NotFound"
    )


@check
def wrong_requests_are_refused_by_field():
    begin = lambda **changes: lambda: create("wrong", **changes)
    cases = [
        (begin(sku={"name": "AMLFS-Durable-Premium-1"}), "InvalidParameter", "sku.name"),
        (begin(zones=["9"]), "InvalidAvailabilityZone", "zones"),
        (begin(zones=[]), "InvalidParameter", "zones"),
        (begin(properties={"storageCapacityTiB": 5}), "InvalidParameter", "properties.storageCapacityTiB"),
        (begin(properties={"storageCapacityTiB": 132}), "InvalidParameter", "properties.storageCapacityTiB"),
        (begin(properties={"filesystemSubnet": SUBNET + "x"}), "InvalidResourceReference", "properties.filesystemSubnet"),
        (
            begin(properties={"maintenanceWindow": {"dayOfWeek": "Someday", "timeOfDayUTC": "22:00"}}),
            "InvalidParameter",
            "properties.maintenanceWindow.dayOfWeek",
        ),
        (begin(location="atlantis"), "LocationNotAvailableForResourceType", None),
        (begin(tags={"a/b": "c"}), "InvalidTagNameCharacters", "tags"),
    ]
    for call, code, target in cases:
        error = refused(call, HttpResponseError, 400, code)
        equal(error.error.target, target)


@check
def what_cannot_change_is_refused():
    create("fixed").result()
    larger = lambda: create("fixed", properties={"storageCapacityTiB": 8})
    error = refused(larger, ResourceExistsError, 409, "PropertyChangeNotAllowed")
    equal(error.error.target, "properties.storageCapacityTiB")
    refused(lambda: create("fixed", zones=["2"]), ResourceExistsError, 409, "PropertyChangeNotAllowed")
    delete("fixed")


@check
def skus_come_in_pages_with_zones_per_location():
    skus = [sku for sku in client().skus.list() if sku.resource_type == "amlFilesystems"]
    expect(len(list(client().skus.list().by_page())) > 1, "there was but one page")
    here = [sku for sku in skus if ARM["location"] in sku.locations]
    equal(
        sorted(sku.name for sku in here), [f"AMLFS-Durable-Premium-{speed}" for speed in ("125", "250", "40", "500")]
    )
    durable = next(sku for sku in here if sku.name.endswith("-125"))
    equal(durable.location_info[0].zones, ["1", "2", "3"])
    capabilities = {each.name: each.value for each in durable.capabilities}
    equal(capabilities["OSS capacity increment (TiB)"], "16")
    equal(capabilities["default maximum capacity (TiB)"], "128")
    without = [sku.location_info[0].zones for sku in skus if ARM["location"] not in sku.locations]
    expect(None in without and [] in without, "a location without zones is missing")


@check
def subnets_are_sized_and_checked():
    needed = client().get_required_aml_fs_subnets_size(
        {"sku": {"name": "AMLFS-Durable-Premium-40"}, "storageCapacityTiB": 48}
    )
    equal(needed.filesystem_subnet_size, 10)
    asked = {"filesystemSubnet": SUBNET, "sku": {"name": "AMLFS-Durable-Premium-40"}, "storageCapacityTiB": 48}
    client().check_aml_fs_subnets({**asked, "location": ARM["location"]})
    try:
        client().check_aml_fs_subnets({**asked, "filesystemSubnet": SUBNET + "x"})
    except HttpResponseError as error:
        equal(error.status_code, 400)
        equal(error.model.filesystem_subnet.status, "Invalid")
    else:
        raise AssertionError("a subnet that is not there was found good")


@check
@alone
def usage_counts_file_systems():
    usage = lambda: next(
        each for each in client().asc_usages.list(ARM["location"]) if each.name.value == "AmlFilesystem"
    )
    before = usage()
    create("counted").result()
    equal(usage().current_value, before.current_value + 1)
    expect(usage().limit > before.current_value, "no room in the quota")
    delete("counted")
    equal(usage().current_value, before.current_value)


@check
def a_file_system_grows_by_an_expansion_job():
    create("growing").result()
    jobs = client().expansion_jobs
    wanted = {"location": ARM["location"], "properties": {"newStorageCapacityTiB": 12}}
    job = jobs.begin_create_or_update(GROUP, "growing", "job-1", wanted).result()
    equal(job.properties.provisioning_state, "Succeeded")
    equal(job.properties.status.state, "InProgress")
    equal(client().aml_filesystems.get(GROUP, "growing").properties.health.state, "Expanding")
    percentages = []
    while job.properties.status.state == "InProgress":
        time.sleep(0.2)
        job = jobs.get(GROUP, "growing", "job-1")
        percentages.append(job.properties.status.percent_complete)
    equal(job.properties.status.state, "Completed")
    equal(percentages, sorted(percentages))
    equal(client().aml_filesystems.get(GROUP, "growing").properties.current_storage_capacity_ti_b, 12)
    equal([each.name for each in jobs.list_by_aml_filesystem(GROUP, "growing")], ["job-1"])
    smaller = {"location": ARM["location"], "properties": {"newStorageCapacityTiB": 8}}
    refused(
        lambda: jobs.begin_create_or_update(GROUP, "growing", "job-2", smaller),
        HttpResponseError,
        400,
        "InvalidParameter",
    )
    rebalances = client().rebalance_jobs
    name = job.properties.rebalance_job_id.rsplit("/", 1)[1]
    rebalance = rebalances.get(GROUP, "growing", name)
    equal(rebalance.properties.expansion_job_id, job.id)
    expect(rebalance.properties.status.estimated_remaining_seconds is not None, "nothing is estimated")
    equal([each.name for each in rebalances.list_by_aml_filesystem(GROUP, "growing")], [name])
    stop = {"properties": {"adminStatus": "Cancel"}}
    equal(rebalances.begin_update(GROUP, "growing", name, stop).result().properties.status.state, "Canceled")
    rebalances.begin_delete(GROUP, "growing", name).result()
    tagged = jobs.begin_update(GROUP, "growing", "job-1", {"tags": {"a": "1"}}).result()
    equal(tagged.tags, {"a": "1"})
    jobs.begin_delete(GROUP, "growing", "job-1").result()
    refused(lambda: jobs.get(GROUP, "growing", "job-1"), ResourceNotFoundError, 404, "ResourceNotFound")
    delete("growing")


CONTAINERS = (
    f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.Storage"
    "/storageAccounts/account/blobServices/default/containers"
)


@check
def blobs_are_imported_and_exported_by_jobs():
    settings = {"container": f"{CONTAINERS}/data", "loggingContainer": f"{CONTAINERS}/log", "importPrefixesInitial": ["/a"]}
    made = create("linked", properties={"hsm": {"settings": settings}}).result()
    equal(made.properties.hsm.settings.import_prefixes_initial, ["/a"])
    imports = client().import_jobs
    first = next(iter(imports.list_by_aml_filesystem(GROUP, "linked")))
    equal(first.properties.import_prefixes, ["/a"])
    while imports.get(GROUP, "linked", first.name).properties.status.state == "InProgress":
        time.sleep(0.2)
    equal(imports.get(GROUP, "linked", first.name).properties.status.state, "Completed")
    again = {"location": ARM["location"], "properties": {"importPrefixes": ["/b"], "conflictResolutionMode": "OverwriteIfDirty"}}
    started = imports.begin_create_or_update(GROUP, "linked", "again", again).result()
    equal(started.properties.conflict_resolution_mode, "OverwriteIfDirty")
    for jobs, prefixes in (
        (client().auto_import_jobs, {"autoImportPrefixes": ["/a", "/b"], "enableDeletions": True}),
        (client().auto_export_jobs, {"autoExportPrefixes": ["/a"]}),
    ):
        wanted = {"location": ARM["location"], "properties": prefixes}
        job = jobs.begin_create_or_update(GROUP, "linked", "auto", wanted).result()
        equal(job.properties.provisioning_state, "Succeeded")
        equal(job.properties.status.state, "InProgress")
        disable = {"properties": {"adminStatus": "Disable"}}
        equal(jobs.begin_update(GROUP, "linked", "auto", disable).result().properties.admin_status, "Disable")
        equal([each.name for each in jobs.list_by_aml_filesystem(GROUP, "linked")], ["auto"])
        jobs.begin_delete(GROUP, "linked", "auto").result()
        refused(lambda: jobs.get(GROUP, "linked", "auto"), ResourceNotFoundError, 404, "ResourceNotFound")
    delete("linked")


@check
def root_squash_and_a_key_of_ones_own_come_back_as_they_were_given():
    key = {
        "keyUrl": "https://vault.vault.azure.net/keys/key/0123456789abcdef",
        "sourceVault": {"id": f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}/providers/Microsoft.KeyVault/vaults/vault"},
    }
    squash = {"mode": "RootOnly", "noSquashNidLists": "10.0.0.4@tcp;10.0.0.[6-8]@tcp", "squashUID": 1000, "squashGID": 1000}
    made = create(
        "squashed", properties={"rootSquashSettings": squash, "encryptionSettings": {"keyEncryptionKey": key}}
    ).result()
    equal(made.properties.root_squash_settings.squash_uid, 1000)
    equal(made.properties.encryption_settings.key_encryption_key.key_url, key["keyUrl"])
    delete("squashed")


@check
def every_published_version_of_the_service_is_spoken():
    create("versions").result()
    for version in ("2023-05-01", "2024-03-01", "2024-07-01", "2025-07-01", "2026-01-01", "2026-08-01"):
        equal(client(api_version=version).aml_filesystems.get(GROUP, "versions").name, "versions")
    old = client(api_version="2024-03-01").aml_filesystems.get(GROUP, "versions")
    expect(old.properties.current_storage_capacity_ti_b is None, "an old version shows a newer property")
    late = client(api_version="2031-01-01")
    refused(lambda: late.aml_filesystems.get(GROUP, "versions"), HttpResponseError, 400, "NoRegisteredProviderFound")
    delete("versions")


@check
@alone
def the_library_waits_and_repeats_when_it_is_throttled():
    fault("throttle", {"times": 2, "retryAfterSeconds": 1})
    started = time.monotonic()
    list(client().aml_filesystems.list_by_resource_group(GROUP))
    expect(time.monotonic() - started >= 2, "it did not wait for Retry-After")


@check
@alone
def throttling_without_end_reaches_the_caller():
    fault("throttle", {"rate": 1, "retryAfterSeconds": 0})
    impatient = client(retry_total=1)
    refused(lambda: impatient.aml_filesystems.get(GROUP, "x1"), HttpResponseError, 429, "TooManyRequests")


@check
@alone
def the_library_repeats_after_an_error_of_the_server():
    fault("server-error", {"status": 503, "times": 2})
    list(client(retry_backoff_factor=0).aml_filesystems.list())


@check
@alone
def a_failed_creation_reports_the_services_code():
    fault("lro-failure", {"code": "CreateTimeout", "atPercent": 20}, {"name": "failing"})
    poller = create("failing")
    try:
        poller.result()
    except HttpResponseError as error:
        equal(error.error.code, "CreateTimeout")
    else:
        raise AssertionError("the creation succeeded")
    equal(poller.status(), "Failed")
    equal(client().aml_filesystems.get(GROUP, "failing").properties.provisioning_state, "Failed")
    delete("failing")


@check
@alone
def a_creation_whose_answer_is_lost_goes_on():
    fault("lose-response", {}, {"method": "PUT", "name": "lost"})
    once = client(retry_total=0)
    try:
        once.aml_filesystems.begin_create_or_update(GROUP, "lost", body())
    except (ServiceRequestError, ServiceResponseError):
        pass
    else:
        raise AssertionError("the answer arrived")
    equal(client().aml_filesystems.get(GROUP, "lost").properties.provisioning_state, "Creating")
    create("lost").result()
    delete("lost")


@check
@alone
def an_expired_token_is_refused_as_the_service_does():
    fault("expire-token")
    error = refused(
        lambda: client().aml_filesystems.get(GROUP, "x1"),
        ClientAuthenticationError,
        401,
        "ExpiredAuthenticationToken",
    )
    expect("invalid_token" in error.response.headers["WWW-Authenticate"], "no challenge")


@check
@alone
def a_full_quota_is_told_in_the_services_words():
    fault("quota-exceeded")
    error = refused(lambda: create("too-many"), ResourceExistsError, 409, "OperationNotAllowed")
    equal(
        error.error.message,
        "Operation results in exceeding quota limits of resource type AmlFilesystem. "
        "Maximum allowed: 4, Current in use: 4, Additional requested: 1.",
    )


@check
@alone
def a_full_subnet_refuses_and_shows_in_the_check():
    fault("subnet-full", {"subnet": ARM["subnet"], "free": 9})
    refused(lambda: create("no-room"), HttpResponseError, 400, "SubnetIsFull")
    asked = {"filesystemSubnet": SUBNET, "sku": {"name": "AMLFS-Durable-Premium-500"}, "storageCapacityTiB": 4}
    try:
        client().check_aml_fs_subnets(asked)
    except HttpResponseError as error:
        equal(error.model.filesystem_subnet.status, "Invalid")
    else:
        raise AssertionError("the check finds room")


@check
@alone
def the_network_library_reads_networks_subnets_and_usage():
    if NetworkManagementClient is None:
        return "azure-mgmt-network is not installed: it needs Python 3.10"
    network = NetworkManagementClient(
        StaticCredential(), SUBSCRIPTION, base_url=ARM["url"], connection_verify=ARM["caFile"]
    )
    found = network.virtual_networks.get(GROUP, ARM["vnet"])
    equal(found.location, ARM["location"])
    expect(SUBNET in [subnet.id for subnet in found.subnets], "the subnet is missing")
    equal([each.name for each in network.virtual_networks.list_all()], [ARM["vnet"]])
    equal(network.subnets.get(GROUP, ARM["vnet"], ARM["subnet"]).id, SUBNET)
    usage = lambda: next(
        each for each in network.virtual_networks.list_usage(GROUP, ARM["vnet"]) if each.id == SUBNET
    )
    before = usage().current_value
    create("counted-addresses").result()
    equal(usage().current_value, before + 10)
    delete("counted-addresses")
    equal(usage().current_value, before)
    return None


def run(function):
    try:
        skipped = function()
        return {"check": function.__name__, "skipped": skipped}
    except Exception:
        return {"check": function.__name__, "error": traceback.format_exc(limit=-4)}
    finally:
        if function in ALONE:
            clear_faults()


def say(line):
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    wanted = sys.argv[1:]
    chosen = [each for each in CHECKS if not wanted or each.__name__ in wanted]
    say({"plan": [each.__name__ for each in chosen]})
    with concurrent.futures.ThreadPoolExecutor(max_workers=len(CHECKS)) as pool:
        for result in pool.map(run, [each for each in chosen if each not in ALONE]):
            say(result)
    for each in chosen:
        if each in ALONE:
            say(run(each))
