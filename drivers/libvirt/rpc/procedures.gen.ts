// Made by build/libvirt/generate.mjs from facts.json; not to be edited.
import type { TypedParam } from './typed-params.ts';

/** No fields. */
export type Nothing = Readonly<Record<string, never>>;

export const programs = {
  REMOTE: 0x20008086,
  QEMU: 0x20008087,
  LXC: 0x00068000,
  KEEPALIVE: 0x6b656570,
} as const;

export interface Domain {
  name: string;
  uuid: Uint8Array;
  id: number;
}

export interface DomainCheckpoint {
  name: string;
  dom: Domain;
}

export interface DomainDiskError {
  disk: string;
  error: number;
}

export interface DomainEventBalloonChangeMsg {
  dom: Domain;
  actual: bigint;
}

export interface DomainEventBlockJobMsg {
  dom: Domain;
  path: string;
  type: number;
  status: number;
}

export interface DomainEventControlErrorMsg {
  dom: Domain;
}

export interface DomainEventDeviceRemovedMsg {
  dom: Domain;
  devAlias: string;
}

export interface DomainEventDiskChangeMsg {
  dom: Domain;
  oldSrcPath: string | null;
  newSrcPath: string | null;
  devAlias: string;
  reason: number;
}

export interface DomainEventGraphicsAddress {
  family: number;
  node: string;
  service: string;
}

export interface DomainEventGraphicsIdentity {
  type: string;
  name: string;
}

export interface DomainEventGraphicsMsg {
  dom: Domain;
  phase: number;
  local: DomainEventGraphicsAddress;
  remote: DomainEventGraphicsAddress;
  authScheme: string;
  subject: readonly DomainEventGraphicsIdentity[];
}

export interface DomainEventIoErrorMsg {
  dom: Domain;
  srcPath: string;
  devAlias: string;
  action: number;
}

export interface DomainEventIoErrorReasonMsg {
  dom: Domain;
  srcPath: string;
  devAlias: string;
  action: number;
  reason: string;
}

export interface DomainEventLifecycleMsg {
  dom: Domain;
  event: number;
  detail: number;
}

export interface DomainEventPmsuspendDiskMsg {
  dom: Domain;
}

export interface DomainEventPmsuspendMsg {
  dom: Domain;
}

export interface DomainEventPmwakeupMsg {
  dom: Domain;
}

export interface DomainEventRebootMsg {
  dom: Domain;
}

export interface DomainEventRtcChangeMsg {
  dom: Domain;
  offset: bigint;
}

export interface DomainEventTrayChangeMsg {
  dom: Domain;
  devAlias: string;
  reason: number;
}

export interface DomainEventWatchdogMsg {
  dom: Domain;
  action: number;
}

export interface DomainFsinfo {
  mountpoint: string;
  name: string;
  fstype: string;
  dev_aliases: readonly string[];
}

export interface DomainGetSecurityLabelRet {
  label: Uint8Array;
  enforcing: number;
}

export interface DomainInterface {
  name: string;
  hwaddr: string | null;
  addrs: readonly DomainIpAddr[];
}

export interface DomainIothreadInfo {
  iothread_id: number;
  cpumap: Uint8Array;
}

export interface DomainIpAddr {
  type: number;
  addr: string;
  prefix: number;
}

export interface DomainMemoryStat {
  tag: number;
  val: bigint;
}

export interface DomainSnapshot {
  name: string;
  dom: Domain;
}

export interface DomainStatsRecord {
  dom: Domain;
  params: readonly TypedParam[];
}

export interface ErrorReply {
  code: number;
  domain: number;
  message: string | null;
  level: number;
  dom: Domain | null;
  str1: string | null;
  str2: string | null;
  str3: string | null;
  int1: number;
  int2: number;
  net: Network | null;
}

export interface Interface {
  name: string;
  mac: string;
}

export interface Network {
  name: string;
  uuid: Uint8Array;
}

export interface NetworkDhcpLease {
  iface: string;
  expirytime: bigint;
  type: number;
  mac: string | null;
  iaid: string | null;
  ipaddr: string;
  prefix: number;
  hostname: string | null;
  clientid: string | null;
}

export interface NetworkPort {
  net: Network;
  uuid: Uint8Array;
}

export interface NodeDevice {
  name: string;
}

export interface NodeGetCpuStats {
  field: string;
  value: bigint;
}

export interface NodeGetMemoryStats {
  field: string;
  value: bigint;
}

export interface Nwfilter {
  name: string;
  uuid: Uint8Array;
}

export interface NwfilterBinding {
  portdev: string;
  filtername: string;
}

export interface Secret {
  uuid: Uint8Array;
  usageType: number;
  usageID: string;
}

export interface StoragePool {
  name: string;
  uuid: Uint8Array;
}

export interface StorageVol {
  pool: string;
  name: string;
  key: string;
}

export interface VcpuInfo {
  number: number;
  state: number;
  cpu_time: bigint;
  cpu: number;
}

/** Arguments and results of every call. */
export interface Procedures {
  CONNECT_OPEN: { args: { name: string | null; flags: number }; result: void };
  CONNECT_CLOSE: { args: Nothing; result: void };
  CONNECT_GET_TYPE: { args: Nothing; result: { type: string } };
  CONNECT_GET_VERSION: { args: Nothing; result: { hv_ver: bigint } };
  CONNECT_GET_MAX_VCPUS: { args: { type: string | null }; result: { max_vcpus: number } };
  NODE_GET_INFO: { args: Nothing; result: { model: Uint8Array; memory: bigint; cpus: number; mhz: number; nodes: number; sockets: number; cores: number; threads: number } };
  CONNECT_GET_CAPABILITIES: { args: Nothing; result: { capabilities: string } };
  DOMAIN_ATTACH_DEVICE: { args: { dom: Domain; xml: string }; result: void };
  DOMAIN_CREATE: { args: { dom: Domain }; result: void };
  DOMAIN_CREATE_XML: { args: { xml_desc: string; flags: number }; result: { dom: Domain } };
  DOMAIN_DEFINE_XML: { args: { xml: string }; result: { dom: Domain } };
  DOMAIN_DESTROY: { args: { dom: Domain }; result: void };
  DOMAIN_DETACH_DEVICE: { args: { dom: Domain; xml: string }; result: void };
  DOMAIN_GET_XML_DESC: { args: { dom: Domain; flags: number }; result: { xml: string } };
  DOMAIN_GET_AUTOSTART: { args: { dom: Domain }; result: { autostart: number } };
  DOMAIN_GET_INFO: { args: { dom: Domain }; result: { state: number; maxMem: bigint; memory: bigint; nrVirtCpu: number; cpuTime: bigint } };
  DOMAIN_GET_MAX_MEMORY: { args: { dom: Domain }; result: { memory: bigint } };
  DOMAIN_GET_MAX_VCPUS: { args: { dom: Domain }; result: { num: number } };
  DOMAIN_GET_OS_TYPE: { args: { dom: Domain }; result: { type: string } };
  DOMAIN_GET_VCPUS: { args: { dom: Domain; maxinfo: number; maplen: number }; result: { info: readonly VcpuInfo[]; cpumaps: Uint8Array } };
  CONNECT_LIST_DEFINED_DOMAINS: { args: { maxnames: number }; result: { names: readonly string[] } };
  DOMAIN_LOOKUP_BY_ID: { args: { id: number }; result: { dom: Domain } };
  DOMAIN_LOOKUP_BY_NAME: { args: { name: string }; result: { dom: Domain } };
  DOMAIN_LOOKUP_BY_UUID: { args: { uuid: Uint8Array }; result: { dom: Domain } };
  CONNECT_NUM_OF_DEFINED_DOMAINS: { args: Nothing; result: { num: number } };
  DOMAIN_PIN_VCPU: { args: { dom: Domain; vcpu: number; cpumap: Uint8Array }; result: void };
  DOMAIN_REBOOT: { args: { dom: Domain; flags: number }; result: void };
  DOMAIN_RESUME: { args: { dom: Domain }; result: void };
  DOMAIN_SET_AUTOSTART: { args: { dom: Domain; autostart: number }; result: void };
  DOMAIN_SET_MAX_MEMORY: { args: { dom: Domain; memory: bigint }; result: void };
  DOMAIN_SET_MEMORY: { args: { dom: Domain; memory: bigint }; result: void };
  DOMAIN_SET_VCPUS: { args: { dom: Domain; nvcpus: number }; result: void };
  DOMAIN_SHUTDOWN: { args: { dom: Domain }; result: void };
  DOMAIN_SUSPEND: { args: { dom: Domain }; result: void };
  DOMAIN_UNDEFINE: { args: { dom: Domain }; result: void };
  CONNECT_LIST_DEFINED_NETWORKS: { args: { maxnames: number }; result: { names: readonly string[] } };
  CONNECT_LIST_DOMAINS: { args: { maxids: number }; result: { ids: readonly number[] } };
  CONNECT_LIST_NETWORKS: { args: { maxnames: number }; result: { names: readonly string[] } };
  NETWORK_CREATE: { args: { net: Network }; result: void };
  NETWORK_CREATE_XML: { args: { xml: string }; result: { net: Network } };
  NETWORK_DEFINE_XML: { args: { xml: string }; result: { net: Network } };
  NETWORK_DESTROY: { args: { net: Network }; result: void };
  NETWORK_GET_XML_DESC: { args: { net: Network; flags: number }; result: { xml: string } };
  NETWORK_GET_AUTOSTART: { args: { net: Network }; result: { autostart: number } };
  NETWORK_GET_BRIDGE_NAME: { args: { net: Network }; result: { name: string } };
  NETWORK_LOOKUP_BY_NAME: { args: { name: string }; result: { net: Network } };
  NETWORK_LOOKUP_BY_UUID: { args: { uuid: Uint8Array }; result: { net: Network } };
  NETWORK_SET_AUTOSTART: { args: { net: Network; autostart: number }; result: void };
  NETWORK_UNDEFINE: { args: { net: Network }; result: void };
  CONNECT_NUM_OF_DEFINED_NETWORKS: { args: Nothing; result: { num: number } };
  CONNECT_NUM_OF_DOMAINS: { args: Nothing; result: { num: number } };
  CONNECT_NUM_OF_NETWORKS: { args: Nothing; result: { num: number } };
  DOMAIN_CORE_DUMP: { args: { dom: Domain; to: string; flags: number }; result: void };
  DOMAIN_RESTORE: { args: { from: string }; result: void };
  DOMAIN_SAVE: { args: { dom: Domain; to: string }; result: void };
  DOMAIN_GET_SCHEDULER_TYPE: { args: { dom: Domain }; result: { type: string; nparams: number } };
  DOMAIN_GET_SCHEDULER_PARAMETERS: { args: { dom: Domain; nparams: number }; result: { params: readonly TypedParam[] } };
  DOMAIN_SET_SCHEDULER_PARAMETERS: { args: { dom: Domain; params: readonly TypedParam[] }; result: void };
  CONNECT_GET_HOSTNAME: { args: Nothing; result: { hostname: string } };
  CONNECT_SUPPORTS_FEATURE: { args: { feature: number }; result: { supported: number } };
  DOMAIN_MIGRATE_PREPARE: { args: { uri_in: string | null; flags: bigint; dname: string | null; resource: bigint }; result: { cookie: Uint8Array; uri_out: string | null } };
  DOMAIN_MIGRATE_PERFORM: { args: { dom: Domain; cookie: Uint8Array; uri: string; flags: bigint; dname: string | null; resource: bigint }; result: void };
  DOMAIN_MIGRATE_FINISH: { args: { dname: string; cookie: Uint8Array; uri: string; flags: bigint }; result: { ddom: Domain } };
  DOMAIN_BLOCK_STATS: { args: { dom: Domain; path: string }; result: { rd_req: bigint; rd_bytes: bigint; wr_req: bigint; wr_bytes: bigint; errs: bigint } };
  DOMAIN_INTERFACE_STATS: { args: { dom: Domain; device: string }; result: { rx_bytes: bigint; rx_packets: bigint; rx_errs: bigint; rx_drop: bigint; tx_bytes: bigint; tx_packets: bigint; tx_errs: bigint; tx_drop: bigint } };
  AUTH_LIST: { args: Nothing; result: { types: readonly number[] } };
  AUTH_SASL_INIT: { args: Nothing; result: { mechlist: string } };
  AUTH_SASL_START: { args: { mech: string; nil: number; data: Uint8Array }; result: { complete: number; nil: number; data: Uint8Array } };
  AUTH_SASL_STEP: { args: { nil: number; data: Uint8Array }; result: { complete: number; nil: number; data: Uint8Array } };
  AUTH_POLKIT: { args: Nothing; result: { complete: number } };
  CONNECT_NUM_OF_STORAGE_POOLS: { args: Nothing; result: { num: number } };
  CONNECT_LIST_STORAGE_POOLS: { args: { maxnames: number }; result: { names: readonly string[] } };
  CONNECT_NUM_OF_DEFINED_STORAGE_POOLS: { args: Nothing; result: { num: number } };
  CONNECT_LIST_DEFINED_STORAGE_POOLS: { args: { maxnames: number }; result: { names: readonly string[] } };
  CONNECT_FIND_STORAGE_POOL_SOURCES: { args: { type: string; srcSpec: string | null; flags: number }; result: { xml: string } };
  STORAGE_POOL_CREATE_XML: { args: { xml: string; flags: number }; result: { pool: StoragePool } };
  STORAGE_POOL_DEFINE_XML: { args: { xml: string; flags: number }; result: { pool: StoragePool } };
  STORAGE_POOL_CREATE: { args: { pool: StoragePool; flags: number }; result: void };
  STORAGE_POOL_BUILD: { args: { pool: StoragePool; flags: number }; result: void };
  STORAGE_POOL_DESTROY: { args: { pool: StoragePool }; result: void };
  STORAGE_POOL_DELETE: { args: { pool: StoragePool; flags: number }; result: void };
  STORAGE_POOL_UNDEFINE: { args: { pool: StoragePool }; result: void };
  STORAGE_POOL_REFRESH: { args: { pool: StoragePool; flags: number }; result: void };
  STORAGE_POOL_LOOKUP_BY_NAME: { args: { name: string }; result: { pool: StoragePool } };
  STORAGE_POOL_LOOKUP_BY_UUID: { args: { uuid: Uint8Array }; result: { pool: StoragePool } };
  STORAGE_POOL_LOOKUP_BY_VOLUME: { args: { vol: StorageVol }; result: { pool: StoragePool } };
  STORAGE_POOL_GET_INFO: { args: { pool: StoragePool }; result: { state: number; capacity: bigint; allocation: bigint; available: bigint } };
  STORAGE_POOL_GET_XML_DESC: { args: { pool: StoragePool; flags: number }; result: { xml: string } };
  STORAGE_POOL_GET_AUTOSTART: { args: { pool: StoragePool }; result: { autostart: number } };
  STORAGE_POOL_SET_AUTOSTART: { args: { pool: StoragePool; autostart: number }; result: void };
  STORAGE_POOL_NUM_OF_VOLUMES: { args: { pool: StoragePool }; result: { num: number } };
  STORAGE_POOL_LIST_VOLUMES: { args: { pool: StoragePool; maxnames: number }; result: { names: readonly string[] } };
  STORAGE_VOL_CREATE_XML: { args: { pool: StoragePool; xml: string; flags: number }; result: { vol: StorageVol } };
  STORAGE_VOL_DELETE: { args: { vol: StorageVol; flags: number }; result: void };
  STORAGE_VOL_LOOKUP_BY_NAME: { args: { pool: StoragePool; name: string }; result: { vol: StorageVol } };
  STORAGE_VOL_LOOKUP_BY_KEY: { args: { key: string }; result: { vol: StorageVol } };
  STORAGE_VOL_LOOKUP_BY_PATH: { args: { path: string }; result: { vol: StorageVol } };
  STORAGE_VOL_GET_INFO: { args: { vol: StorageVol }; result: { type: number; capacity: bigint; allocation: bigint } };
  STORAGE_VOL_GET_XML_DESC: { args: { vol: StorageVol; flags: number }; result: { xml: string } };
  STORAGE_VOL_GET_PATH: { args: { vol: StorageVol }; result: { name: string } };
  NODE_GET_CELLS_FREE_MEMORY: { args: { startCell: number; maxcells: number }; result: { cells: readonly bigint[] } };
  NODE_GET_FREE_MEMORY: { args: Nothing; result: { freeMem: bigint } };
  DOMAIN_BLOCK_PEEK: { args: { dom: Domain; path: string; offset: bigint; size: number; flags: number }; result: { buffer: Uint8Array } };
  DOMAIN_MEMORY_PEEK: { args: { dom: Domain; offset: bigint; size: number; flags: number }; result: { buffer: Uint8Array } };
  CONNECT_DOMAIN_EVENT_REGISTER: { args: Nothing; result: { cb_registered: number } };
  CONNECT_DOMAIN_EVENT_DEREGISTER: { args: Nothing; result: { cb_registered: number } };
  DOMAIN_MIGRATE_PREPARE2: { args: { uri_in: string | null; flags: bigint; dname: string | null; resource: bigint; dom_xml: string }; result: { cookie: Uint8Array; uri_out: string | null } };
  DOMAIN_MIGRATE_FINISH2: { args: { dname: string; cookie: Uint8Array; uri: string; flags: bigint; retcode: number }; result: { ddom: Domain } };
  CONNECT_GET_URI: { args: Nothing; result: { uri: string } };
  NODE_NUM_OF_DEVICES: { args: { cap: string | null; flags: number }; result: { num: number } };
  NODE_LIST_DEVICES: { args: { cap: string | null; maxnames: number; flags: number }; result: { names: readonly string[] } };
  NODE_DEVICE_LOOKUP_BY_NAME: { args: { name: string }; result: { dev: NodeDevice } };
  NODE_DEVICE_GET_XML_DESC: { args: { name: string; flags: number }; result: { xml: string } };
  NODE_DEVICE_GET_PARENT: { args: { name: string }; result: { parentName: string | null } };
  NODE_DEVICE_NUM_OF_CAPS: { args: { name: string }; result: { num: number } };
  NODE_DEVICE_LIST_CAPS: { args: { name: string; maxnames: number }; result: { names: readonly string[] } };
  NODE_DEVICE_DETTACH: { args: { name: string }; result: void };
  NODE_DEVICE_RE_ATTACH: { args: { name: string }; result: void };
  NODE_DEVICE_RESET: { args: { name: string }; result: void };
  DOMAIN_GET_SECURITY_LABEL: { args: { dom: Domain }; result: { label: Uint8Array; enforcing: number } };
  NODE_GET_SECURITY_MODEL: { args: Nothing; result: { model: Uint8Array; doi: Uint8Array } };
  NODE_DEVICE_CREATE_XML: { args: { xml_desc: string; flags: number }; result: { dev: NodeDevice } };
  NODE_DEVICE_DESTROY: { args: { name: string }; result: void };
  STORAGE_VOL_CREATE_XML_FROM: { args: { pool: StoragePool; xml: string; clonevol: StorageVol; flags: number }; result: { vol: StorageVol } };
  CONNECT_NUM_OF_INTERFACES: { args: Nothing; result: { num: number } };
  CONNECT_LIST_INTERFACES: { args: { maxnames: number }; result: { names: readonly string[] } };
  INTERFACE_LOOKUP_BY_NAME: { args: { name: string }; result: { iface: Interface } };
  INTERFACE_LOOKUP_BY_MAC_STRING: { args: { mac: string }; result: { iface: Interface } };
  INTERFACE_GET_XML_DESC: { args: { iface: Interface; flags: number }; result: { xml: string } };
  INTERFACE_DEFINE_XML: { args: { xml: string; flags: number }; result: { iface: Interface } };
  INTERFACE_UNDEFINE: { args: { iface: Interface }; result: void };
  INTERFACE_CREATE: { args: { iface: Interface; flags: number }; result: void };
  INTERFACE_DESTROY: { args: { iface: Interface; flags: number }; result: void };
  CONNECT_DOMAIN_XML_FROM_NATIVE: { args: { nativeFormat: string; nativeConfig: string; flags: number }; result: { domainXml: string } };
  CONNECT_DOMAIN_XML_TO_NATIVE: { args: { nativeFormat: string; domainXml: string; flags: number }; result: { nativeConfig: string } };
  CONNECT_NUM_OF_DEFINED_INTERFACES: { args: Nothing; result: { num: number } };
  CONNECT_LIST_DEFINED_INTERFACES: { args: { maxnames: number }; result: { names: readonly string[] } };
  CONNECT_NUM_OF_SECRETS: { args: Nothing; result: { num: number } };
  CONNECT_LIST_SECRETS: { args: { maxuuids: number }; result: { uuids: readonly string[] } };
  SECRET_LOOKUP_BY_UUID: { args: { uuid: Uint8Array }; result: { secret: Secret } };
  SECRET_DEFINE_XML: { args: { xml: string; flags: number }; result: { secret: Secret } };
  SECRET_GET_XML_DESC: { args: { secret: Secret; flags: number }; result: { xml: string } };
  SECRET_SET_VALUE: { args: { secret: Secret; value: Uint8Array; flags: number }; result: void };
  SECRET_GET_VALUE: { args: { secret: Secret; flags: number }; result: { value: Uint8Array } };
  SECRET_UNDEFINE: { args: { secret: Secret }; result: void };
  SECRET_LOOKUP_BY_USAGE: { args: { usageType: number; usageID: string }; result: { secret: Secret } };
  DOMAIN_MIGRATE_PREPARE_TUNNEL: { args: { flags: bigint; dname: string | null; resource: bigint; dom_xml: string }; result: void };
  CONNECT_IS_SECURE: { args: Nothing; result: { secure: number } };
  DOMAIN_IS_ACTIVE: { args: { dom: Domain }; result: { active: number } };
  DOMAIN_IS_PERSISTENT: { args: { dom: Domain }; result: { persistent: number } };
  NETWORK_IS_ACTIVE: { args: { net: Network }; result: { active: number } };
  NETWORK_IS_PERSISTENT: { args: { net: Network }; result: { persistent: number } };
  STORAGE_POOL_IS_ACTIVE: { args: { pool: StoragePool }; result: { active: number } };
  STORAGE_POOL_IS_PERSISTENT: { args: { pool: StoragePool }; result: { persistent: number } };
  INTERFACE_IS_ACTIVE: { args: { iface: Interface }; result: { active: number } };
  CONNECT_GET_LIB_VERSION: { args: Nothing; result: { lib_ver: bigint } };
  CONNECT_COMPARE_CPU: { args: { xml: string; flags: number }; result: { result: number } };
  DOMAIN_MEMORY_STATS: { args: { dom: Domain; maxStats: number; flags: number }; result: { stats: readonly DomainMemoryStat[] } };
  DOMAIN_ATTACH_DEVICE_FLAGS: { args: { dom: Domain; xml: string; flags: number }; result: void };
  DOMAIN_DETACH_DEVICE_FLAGS: { args: { dom: Domain; xml: string; flags: number }; result: void };
  CONNECT_BASELINE_CPU: { args: { xmlCPUs: readonly string[]; flags: number }; result: { cpu: string } };
  DOMAIN_GET_JOB_INFO: { args: { dom: Domain }; result: { type: number; timeElapsed: bigint; timeRemaining: bigint; dataTotal: bigint; dataProcessed: bigint; dataRemaining: bigint; memTotal: bigint; memProcessed: bigint; memRemaining: bigint; fileTotal: bigint; fileProcessed: bigint; fileRemaining: bigint } };
  DOMAIN_ABORT_JOB: { args: { dom: Domain }; result: void };
  STORAGE_VOL_WIPE: { args: { vol: StorageVol; flags: number }; result: void };
  DOMAIN_MIGRATE_SET_MAX_DOWNTIME: { args: { dom: Domain; downtime: bigint; flags: number }; result: void };
  CONNECT_DOMAIN_EVENT_REGISTER_ANY: { args: { eventID: number }; result: void };
  CONNECT_DOMAIN_EVENT_DEREGISTER_ANY: { args: { eventID: number }; result: void };
  DOMAIN_UPDATE_DEVICE_FLAGS: { args: { dom: Domain; xml: string; flags: number }; result: void };
  NWFILTER_LOOKUP_BY_NAME: { args: { name: string }; result: { nwfilter: Nwfilter } };
  NWFILTER_LOOKUP_BY_UUID: { args: { uuid: Uint8Array }; result: { nwfilter: Nwfilter } };
  NWFILTER_GET_XML_DESC: { args: { nwfilter: Nwfilter; flags: number }; result: { xml: string } };
  CONNECT_NUM_OF_NWFILTERS: { args: Nothing; result: { num: number } };
  CONNECT_LIST_NWFILTERS: { args: { maxnames: number }; result: { names: readonly string[] } };
  NWFILTER_DEFINE_XML: { args: { xml: string }; result: { nwfilter: Nwfilter } };
  NWFILTER_UNDEFINE: { args: { nwfilter: Nwfilter }; result: void };
  DOMAIN_MANAGED_SAVE: { args: { dom: Domain; flags: number }; result: void };
  DOMAIN_HAS_MANAGED_SAVE_IMAGE: { args: { dom: Domain; flags: number }; result: { result: number } };
  DOMAIN_MANAGED_SAVE_REMOVE: { args: { dom: Domain; flags: number }; result: void };
  DOMAIN_SNAPSHOT_CREATE_XML: { args: { dom: Domain; xml_desc: string; flags: number }; result: { snap: DomainSnapshot } };
  DOMAIN_SNAPSHOT_GET_XML_DESC: { args: { snap: DomainSnapshot; flags: number }; result: { xml: string } };
  DOMAIN_SNAPSHOT_NUM: { args: { dom: Domain; flags: number }; result: { num: number } };
  DOMAIN_SNAPSHOT_LIST_NAMES: { args: { dom: Domain; maxnames: number; flags: number }; result: { names: readonly string[] } };
  DOMAIN_SNAPSHOT_LOOKUP_BY_NAME: { args: { dom: Domain; name: string; flags: number }; result: { snap: DomainSnapshot } };
  DOMAIN_HAS_CURRENT_SNAPSHOT: { args: { dom: Domain; flags: number }; result: { result: number } };
  DOMAIN_SNAPSHOT_CURRENT: { args: { dom: Domain; flags: number }; result: { snap: DomainSnapshot } };
  DOMAIN_REVERT_TO_SNAPSHOT: { args: { snap: DomainSnapshot; flags: number }; result: void };
  DOMAIN_SNAPSHOT_DELETE: { args: { snap: DomainSnapshot; flags: number }; result: void };
  DOMAIN_GET_BLOCK_INFO: { args: { dom: Domain; path: string; flags: number }; result: { allocation: bigint; capacity: bigint; physical: bigint } };
  DOMAIN_CREATE_WITH_FLAGS: { args: { dom: Domain; flags: number }; result: { dom: Domain } };
  DOMAIN_SET_MEMORY_PARAMETERS: { args: { dom: Domain; params: readonly TypedParam[]; flags: number }; result: void };
  DOMAIN_GET_MEMORY_PARAMETERS: { args: { dom: Domain; nparams: number; flags: number }; result: { params: readonly TypedParam[]; nparams: number } };
  DOMAIN_SET_VCPUS_FLAGS: { args: { dom: Domain; nvcpus: number; flags: number }; result: void };
  DOMAIN_GET_VCPUS_FLAGS: { args: { dom: Domain; flags: number }; result: { num: number } };
  DOMAIN_OPEN_CONSOLE: { args: { dom: Domain; dev_name: string | null; flags: number }; result: void };
  DOMAIN_IS_UPDATED: { args: { dom: Domain }; result: { updated: number } };
  CONNECT_GET_SYSINFO: { args: { flags: number }; result: { sysinfo: string } };
  DOMAIN_SET_MEMORY_FLAGS: { args: { dom: Domain; memory: bigint; flags: number }; result: void };
  DOMAIN_SET_BLKIO_PARAMETERS: { args: { dom: Domain; params: readonly TypedParam[]; flags: number }; result: void };
  DOMAIN_GET_BLKIO_PARAMETERS: { args: { dom: Domain; nparams: number; flags: number }; result: { params: readonly TypedParam[]; nparams: number } };
  DOMAIN_MIGRATE_SET_MAX_SPEED: { args: { dom: Domain; bandwidth: bigint; flags: number }; result: void };
  STORAGE_VOL_UPLOAD: { args: { vol: StorageVol; offset: bigint; length: bigint; flags: number }; result: void };
  STORAGE_VOL_DOWNLOAD: { args: { vol: StorageVol; offset: bigint; length: bigint; flags: number }; result: void };
  DOMAIN_INJECT_NMI: { args: { dom: Domain; flags: number }; result: void };
  DOMAIN_SCREENSHOT: { args: { dom: Domain; screen: number; flags: number }; result: { mime: string | null } };
  DOMAIN_GET_STATE: { args: { dom: Domain; flags: number }; result: { state: number; reason: number } };
  DOMAIN_MIGRATE_BEGIN3: { args: { dom: Domain; xmlin: string | null; flags: bigint; dname: string | null; resource: bigint }; result: { cookie_out: Uint8Array; xml: string } };
  DOMAIN_MIGRATE_PREPARE3: { args: { cookie_in: Uint8Array; uri_in: string | null; flags: bigint; dname: string | null; resource: bigint; dom_xml: string }; result: { cookie_out: Uint8Array; uri_out: string | null } };
  DOMAIN_MIGRATE_PREPARE_TUNNEL3: { args: { cookie_in: Uint8Array; flags: bigint; dname: string | null; resource: bigint; dom_xml: string }; result: { cookie_out: Uint8Array } };
  DOMAIN_MIGRATE_PERFORM3: { args: { dom: Domain; xmlin: string | null; cookie_in: Uint8Array; dconnuri: string | null; uri: string | null; flags: bigint; dname: string | null; resource: bigint }; result: { cookie_out: Uint8Array } };
  DOMAIN_MIGRATE_FINISH3: { args: { dname: string; cookie_in: Uint8Array; dconnuri: string | null; uri: string | null; flags: bigint; cancelled: number }; result: { dom: Domain; cookie_out: Uint8Array } };
  DOMAIN_MIGRATE_CONFIRM3: { args: { dom: Domain; cookie_in: Uint8Array; flags: bigint; cancelled: number }; result: void };
  DOMAIN_SET_SCHEDULER_PARAMETERS_FLAGS: { args: { dom: Domain; params: readonly TypedParam[]; flags: number }; result: void };
  INTERFACE_CHANGE_BEGIN: { args: { flags: number }; result: void };
  INTERFACE_CHANGE_COMMIT: { args: { flags: number }; result: void };
  INTERFACE_CHANGE_ROLLBACK: { args: { flags: number }; result: void };
  DOMAIN_GET_SCHEDULER_PARAMETERS_FLAGS: { args: { dom: Domain; nparams: number; flags: number }; result: { params: readonly TypedParam[] } };
  DOMAIN_PIN_VCPU_FLAGS: { args: { dom: Domain; vcpu: number; cpumap: Uint8Array; flags: number }; result: void };
  DOMAIN_SEND_KEY: { args: { dom: Domain; codeset: number; holdtime: number; keycodes: readonly number[]; flags: number }; result: void };
  NODE_GET_CPU_STATS: { args: { cpuNum: number; nparams: number; flags: number }; result: { params: readonly NodeGetCpuStats[]; nparams: number } };
  NODE_GET_MEMORY_STATS: { args: { nparams: number; cellNum: number; flags: number }; result: { params: readonly NodeGetMemoryStats[]; nparams: number } };
  DOMAIN_GET_CONTROL_INFO: { args: { dom: Domain; flags: number }; result: { state: number; details: number; stateTime: bigint } };
  DOMAIN_GET_VCPU_PIN_INFO: { args: { dom: Domain; ncpumaps: number; maplen: number; flags: number }; result: { cpumaps: Uint8Array; num: number } };
  DOMAIN_UNDEFINE_FLAGS: { args: { dom: Domain; flags: number }; result: void };
  DOMAIN_SAVE_FLAGS: { args: { dom: Domain; to: string; dxml: string | null; flags: number }; result: void };
  DOMAIN_RESTORE_FLAGS: { args: { from: string; dxml: string | null; flags: number }; result: void };
  DOMAIN_DESTROY_FLAGS: { args: { dom: Domain; flags: number }; result: void };
  DOMAIN_SAVE_IMAGE_GET_XML_DESC: { args: { file: string; flags: number }; result: { xml: string } };
  DOMAIN_SAVE_IMAGE_DEFINE_XML: { args: { file: string; dxml: string; flags: number }; result: void };
  DOMAIN_BLOCK_JOB_ABORT: { args: { dom: Domain; path: string; flags: number }; result: void };
  DOMAIN_GET_BLOCK_JOB_INFO: { args: { dom: Domain; path: string; flags: number }; result: { found: number; type: number; bandwidth: bigint; cur: bigint; end: bigint } };
  DOMAIN_BLOCK_JOB_SET_SPEED: { args: { dom: Domain; path: string; bandwidth: bigint; flags: number }; result: void };
  DOMAIN_BLOCK_PULL: { args: { dom: Domain; path: string; bandwidth: bigint; flags: number }; result: void };
  DOMAIN_MIGRATE_GET_MAX_SPEED: { args: { dom: Domain; flags: number }; result: { bandwidth: bigint } };
  DOMAIN_BLOCK_STATS_FLAGS: { args: { dom: Domain; path: string; nparams: number; flags: number }; result: { params: readonly TypedParam[]; nparams: number } };
  DOMAIN_SNAPSHOT_GET_PARENT: { args: { snap: DomainSnapshot; flags: number }; result: { snap: DomainSnapshot } };
  DOMAIN_RESET: { args: { dom: Domain; flags: number }; result: void };
  DOMAIN_SNAPSHOT_NUM_CHILDREN: { args: { snap: DomainSnapshot; flags: number }; result: { num: number } };
  DOMAIN_SNAPSHOT_LIST_CHILDREN_NAMES: { args: { snap: DomainSnapshot; maxnames: number; flags: number }; result: { names: readonly string[] } };
  NODE_SUSPEND_FOR_DURATION: { args: { target: number; duration: bigint; flags: number }; result: void };
  DOMAIN_BLOCK_RESIZE: { args: { dom: Domain; disk: string; size: bigint; flags: number }; result: void };
  DOMAIN_SET_BLOCK_IO_TUNE: { args: { dom: Domain; disk: string; params: readonly TypedParam[]; flags: number }; result: void };
  DOMAIN_GET_BLOCK_IO_TUNE: { args: { dom: Domain; disk: string | null; nparams: number; flags: number }; result: { params: readonly TypedParam[]; nparams: number } };
  DOMAIN_SET_NUMA_PARAMETERS: { args: { dom: Domain; params: readonly TypedParam[]; flags: number }; result: void };
  DOMAIN_GET_NUMA_PARAMETERS: { args: { dom: Domain; nparams: number; flags: number }; result: { params: readonly TypedParam[]; nparams: number } };
  DOMAIN_SET_INTERFACE_PARAMETERS: { args: { dom: Domain; device: string; params: readonly TypedParam[]; flags: number }; result: void };
  DOMAIN_GET_INTERFACE_PARAMETERS: { args: { dom: Domain; device: string; nparams: number; flags: number }; result: { params: readonly TypedParam[]; nparams: number } };
  DOMAIN_SHUTDOWN_FLAGS: { args: { dom: Domain; flags: number }; result: void };
  STORAGE_VOL_WIPE_PATTERN: { args: { vol: StorageVol; algorithm: number; flags: number }; result: void };
  STORAGE_VOL_RESIZE: { args: { vol: StorageVol; capacity: bigint; flags: number }; result: void };
  DOMAIN_PM_SUSPEND_FOR_DURATION: { args: { dom: Domain; target: number; duration: bigint; flags: number }; result: void };
  DOMAIN_GET_CPU_STATS: { args: { dom: Domain; nparams: number; start_cpu: number; ncpus: number; flags: number }; result: { params: readonly TypedParam[]; nparams: number } };
  DOMAIN_GET_DISK_ERRORS: { args: { dom: Domain; maxerrors: number; flags: number }; result: { errors: readonly DomainDiskError[]; nerrors: number } };
  DOMAIN_SET_METADATA: { args: { dom: Domain; type: number; metadata: string | null; key: string | null; uri: string | null; flags: number }; result: void };
  DOMAIN_GET_METADATA: { args: { dom: Domain; type: number; uri: string | null; flags: number }; result: { metadata: string } };
  DOMAIN_BLOCK_REBASE: { args: { dom: Domain; path: string; base: string | null; bandwidth: bigint; flags: number }; result: void };
  DOMAIN_PM_WAKEUP: { args: { dom: Domain; flags: number }; result: void };
  DOMAIN_SNAPSHOT_IS_CURRENT: { args: { snap: DomainSnapshot; flags: number }; result: { current: number } };
  DOMAIN_SNAPSHOT_HAS_METADATA: { args: { snap: DomainSnapshot; flags: number }; result: { metadata: number } };
  CONNECT_LIST_ALL_DOMAINS: { args: { need_results: number; flags: number }; result: { domains: readonly Domain[]; ret: number } };
  DOMAIN_LIST_ALL_SNAPSHOTS: { args: { dom: Domain; need_results: number; flags: number }; result: { snapshots: readonly DomainSnapshot[]; ret: number } };
  DOMAIN_SNAPSHOT_LIST_ALL_CHILDREN: { args: { snapshot: DomainSnapshot; need_results: number; flags: number }; result: { snapshots: readonly DomainSnapshot[]; ret: number } };
  DOMAIN_GET_HOSTNAME: { args: { dom: Domain; flags: number }; result: { hostname: string } };
  DOMAIN_GET_SECURITY_LABEL_LIST: { args: { dom: Domain }; result: { labels: readonly DomainGetSecurityLabelRet[]; ret: number } };
  DOMAIN_PIN_EMULATOR: { args: { dom: Domain; cpumap: Uint8Array; flags: number }; result: void };
  DOMAIN_GET_EMULATOR_PIN_INFO: { args: { dom: Domain; maplen: number; flags: number }; result: { cpumaps: Uint8Array; ret: number } };
  CONNECT_LIST_ALL_STORAGE_POOLS: { args: { need_results: number; flags: number }; result: { pools: readonly StoragePool[]; ret: number } };
  STORAGE_POOL_LIST_ALL_VOLUMES: { args: { pool: StoragePool; need_results: number; flags: number }; result: { vols: readonly StorageVol[]; ret: number } };
  CONNECT_LIST_ALL_NETWORKS: { args: { need_results: number; flags: number }; result: { nets: readonly Network[]; ret: number } };
  CONNECT_LIST_ALL_INTERFACES: { args: { need_results: number; flags: number }; result: { ifaces: readonly Interface[]; ret: number } };
  CONNECT_LIST_ALL_NODE_DEVICES: { args: { need_results: number; flags: number }; result: { devices: readonly NodeDevice[]; ret: number } };
  CONNECT_LIST_ALL_NWFILTERS: { args: { need_results: number; flags: number }; result: { filters: readonly Nwfilter[]; ret: number } };
  CONNECT_LIST_ALL_SECRETS: { args: { need_results: number; flags: number }; result: { secrets: readonly Secret[]; ret: number } };
  NODE_SET_MEMORY_PARAMETERS: { args: { params: readonly TypedParam[]; flags: number }; result: void };
  NODE_GET_MEMORY_PARAMETERS: { args: { nparams: number; flags: number }; result: { params: readonly TypedParam[]; nparams: number } };
  DOMAIN_BLOCK_COMMIT: { args: { dom: Domain; disk: string; base: string | null; top: string | null; bandwidth: bigint; flags: number }; result: void };
  NETWORK_UPDATE: { args: { net: Network; command: number; section: number; parentIndex: number; xml: string; flags: number }; result: void };
  NODE_GET_CPU_MAP: { args: { need_map: number; need_online: number; flags: number }; result: { cpumap: Uint8Array; online: number; ret: number } };
  DOMAIN_FSTRIM: { args: { dom: Domain; mountPoint: string | null; minimum: bigint; flags: number }; result: void };
  DOMAIN_SEND_PROCESS_SIGNAL: { args: { dom: Domain; pid_value: bigint; signum: number; flags: number }; result: void };
  DOMAIN_OPEN_CHANNEL: { args: { dom: Domain; name: string | null; flags: number }; result: void };
  NODE_DEVICE_LOOKUP_SCSI_HOST_BY_WWN: { args: { wwnn: string; wwpn: string; flags: number }; result: { dev: NodeDevice } };
  DOMAIN_GET_JOB_STATS: { args: { dom: Domain; flags: number }; result: { type: number; params: readonly TypedParam[] } };
  DOMAIN_MIGRATE_GET_COMPRESSION_CACHE: { args: { dom: Domain; flags: number }; result: { cacheSize: bigint } };
  DOMAIN_MIGRATE_SET_COMPRESSION_CACHE: { args: { dom: Domain; cacheSize: bigint; flags: number }; result: void };
  NODE_DEVICE_DETACH_FLAGS: { args: { name: string; driverName: string | null; flags: number }; result: void };
  DOMAIN_MIGRATE_BEGIN3_PARAMS: { args: { dom: Domain; params: readonly TypedParam[]; flags: number }; result: { cookie_out: Uint8Array; xml: string } };
  DOMAIN_MIGRATE_PREPARE3_PARAMS: { args: { params: readonly TypedParam[]; cookie_in: Uint8Array; flags: number }; result: { cookie_out: Uint8Array; uri_out: string | null } };
  DOMAIN_MIGRATE_PREPARE_TUNNEL3_PARAMS: { args: { params: readonly TypedParam[]; cookie_in: Uint8Array; flags: number }; result: { cookie_out: Uint8Array } };
  DOMAIN_MIGRATE_PERFORM3_PARAMS: { args: { dom: Domain; dconnuri: string | null; params: readonly TypedParam[]; cookie_in: Uint8Array; flags: number }; result: { cookie_out: Uint8Array } };
  DOMAIN_MIGRATE_FINISH3_PARAMS: { args: { params: readonly TypedParam[]; cookie_in: Uint8Array; flags: number; cancelled: number }; result: { dom: Domain; cookie_out: Uint8Array } };
  DOMAIN_MIGRATE_CONFIRM3_PARAMS: { args: { dom: Domain; params: readonly TypedParam[]; cookie_in: Uint8Array; flags: number; cancelled: number }; result: void };
  DOMAIN_SET_MEMORY_STATS_PERIOD: { args: { dom: Domain; period: number; flags: number }; result: void };
  CONNECT_GET_CPU_MODEL_NAMES: { args: { arch: string; need_results: number; flags: number }; result: { models: readonly string[]; ret: number } };
  CONNECT_NETWORK_EVENT_REGISTER_ANY: { args: { eventID: number; net: Network | null }; result: { callbackID: number } };
  CONNECT_NETWORK_EVENT_DEREGISTER_ANY: { args: { callbackID: number }; result: void };
  CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY: { args: { eventID: number; dom: Domain | null }; result: { callbackID: number } };
  CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY: { args: { callbackID: number }; result: void };
  DOMAIN_CORE_DUMP_WITH_FORMAT: { args: { dom: Domain; to: string; dumpformat: number; flags: number }; result: void };
  DOMAIN_FSFREEZE: { args: { dom: Domain; mountpoints: readonly string[]; flags: number }; result: { filesystems: number } };
  DOMAIN_FSTHAW: { args: { dom: Domain; mountpoints: readonly string[]; flags: number }; result: { filesystems: number } };
  DOMAIN_GET_TIME: { args: { dom: Domain; flags: number }; result: { seconds: bigint; nseconds: number } };
  DOMAIN_SET_TIME: { args: { dom: Domain; seconds: bigint; nseconds: number; flags: number }; result: void };
  NODE_GET_FREE_PAGES: { args: { pages: readonly number[]; startCell: number; cellCount: number; flags: number }; result: { counts: readonly bigint[] } };
  NETWORK_GET_DHCP_LEASES: { args: { net: Network; mac: string | null; need_results: number; flags: number }; result: { leases: readonly NetworkDhcpLease[]; ret: number } };
  CONNECT_GET_DOMAIN_CAPABILITIES: { args: { emulatorbin: string | null; arch: string | null; machine: string | null; virttype: string | null; flags: number }; result: { capabilities: string } };
  CONNECT_GET_ALL_DOMAIN_STATS: { args: { doms: readonly Domain[]; stats: number; flags: number }; result: { retStats: readonly DomainStatsRecord[] } };
  DOMAIN_BLOCK_COPY: { args: { dom: Domain; path: string; destxml: string; params: readonly TypedParam[]; flags: number }; result: void };
  NODE_ALLOC_PAGES: { args: { pageSizes: readonly number[]; pageCounts: readonly bigint[]; startCell: number; cellCount: number; flags: number }; result: { ret: number } };
  DOMAIN_GET_FSINFO: { args: { dom: Domain; flags: number }; result: { info: readonly DomainFsinfo[]; ret: number } };
  DOMAIN_DEFINE_XML_FLAGS: { args: { xml: string; flags: number }; result: { dom: Domain } };
  DOMAIN_GET_IOTHREAD_INFO: { args: { dom: Domain; flags: number }; result: { info: readonly DomainIothreadInfo[]; ret: number } };
  DOMAIN_PIN_IOTHREAD: { args: { dom: Domain; iothreads_id: number; cpumap: Uint8Array; flags: number }; result: void };
  DOMAIN_INTERFACE_ADDRESSES: { args: { dom: Domain; source: number; flags: number }; result: { ifaces: readonly DomainInterface[] } };
  DOMAIN_ADD_IOTHREAD: { args: { dom: Domain; iothread_id: number; flags: number }; result: void };
  DOMAIN_DEL_IOTHREAD: { args: { dom: Domain; iothread_id: number; flags: number }; result: void };
  DOMAIN_SET_USER_PASSWORD: { args: { dom: Domain; user: string | null; password: string | null; flags: number }; result: void };
  DOMAIN_RENAME: { args: { dom: Domain; new_name: string | null; flags: number }; result: { retcode: number } };
  CONNECT_REGISTER_CLOSE_CALLBACK: { args: Nothing; result: void };
  CONNECT_UNREGISTER_CLOSE_CALLBACK: { args: Nothing; result: void };
  DOMAIN_MIGRATE_START_POST_COPY: { args: { dom: Domain; flags: number }; result: void };
  DOMAIN_GET_PERF_EVENTS: { args: { dom: Domain; flags: number }; result: { params: readonly TypedParam[] } };
  DOMAIN_SET_PERF_EVENTS: { args: { dom: Domain; params: readonly TypedParam[]; flags: number }; result: void };
  CONNECT_STORAGE_POOL_EVENT_REGISTER_ANY: { args: { eventID: number; pool: StoragePool | null }; result: { callbackID: number } };
  CONNECT_STORAGE_POOL_EVENT_DEREGISTER_ANY: { args: { callbackID: number }; result: void };
  DOMAIN_GET_GUEST_VCPUS: { args: { dom: Domain; flags: number }; result: { params: readonly TypedParam[] } };
  DOMAIN_SET_GUEST_VCPUS: { args: { dom: Domain; cpumap: string; state: number; flags: number }; result: void };
  CONNECT_NODE_DEVICE_EVENT_REGISTER_ANY: { args: { eventID: number; dev: NodeDevice | null }; result: { callbackID: number } };
  CONNECT_NODE_DEVICE_EVENT_DEREGISTER_ANY: { args: { callbackID: number }; result: void };
  STORAGE_VOL_GET_INFO_FLAGS: { args: { vol: StorageVol; flags: number }; result: { type: number; capacity: bigint; allocation: bigint } };
  CONNECT_SECRET_EVENT_REGISTER_ANY: { args: { eventID: number; secret: Secret | null }; result: { callbackID: number } };
  CONNECT_SECRET_EVENT_DEREGISTER_ANY: { args: { callbackID: number }; result: void };
  DOMAIN_SET_VCPU: { args: { dom: Domain; cpumap: string; state: number; flags: number }; result: void };
  DOMAIN_SET_BLOCK_THRESHOLD: { args: { dom: Domain; dev: string; threshold: bigint; flags: number }; result: void };
  DOMAIN_MIGRATE_GET_MAX_DOWNTIME: { args: { dom: Domain; flags: number }; result: { downtime: bigint } };
  DOMAIN_MANAGED_SAVE_GET_XML_DESC: { args: { dom: Domain; flags: number }; result: { xml: string } };
  DOMAIN_MANAGED_SAVE_DEFINE_XML: { args: { dom: Domain; dxml: string | null; flags: number }; result: void };
  DOMAIN_SET_LIFECYCLE_ACTION: { args: { dom: Domain; type: number; action: number; flags: number }; result: void };
  STORAGE_POOL_LOOKUP_BY_TARGET_PATH: { args: { path: string }; result: { pool: StoragePool } };
  DOMAIN_DETACH_DEVICE_ALIAS: { args: { dom: Domain; alias: string; flags: number }; result: void };
  CONNECT_COMPARE_HYPERVISOR_CPU: { args: { emulator: string | null; arch: string | null; machine: string | null; virttype: string | null; xmlCPU: string; flags: number }; result: { result: number } };
  CONNECT_BASELINE_HYPERVISOR_CPU: { args: { emulator: string | null; arch: string | null; machine: string | null; virttype: string | null; xmlCPUs: readonly string[]; flags: number }; result: { cpu: string } };
  NODE_GET_SEV_INFO: { args: { nparams: number; flags: number }; result: { params: readonly TypedParam[]; nparams: number } };
  DOMAIN_GET_LAUNCH_SECURITY_INFO: { args: { dom: Domain; flags: number }; result: { params: readonly TypedParam[] } };
  NWFILTER_BINDING_LOOKUP_BY_PORT_DEV: { args: { name: string }; result: { nwfilter: NwfilterBinding } };
  NWFILTER_BINDING_GET_XML_DESC: { args: { nwfilter: NwfilterBinding; flags: number }; result: { xml: string } };
  NWFILTER_BINDING_CREATE_XML: { args: { xml: string; flags: number }; result: { nwfilter: NwfilterBinding } };
  NWFILTER_BINDING_DELETE: { args: { nwfilter: NwfilterBinding }; result: void };
  CONNECT_LIST_ALL_NWFILTER_BINDINGS: { args: { need_results: number; flags: number }; result: { bindings: readonly NwfilterBinding[]; ret: number } };
  DOMAIN_SET_IOTHREAD_PARAMS: { args: { dom: Domain; iothread_id: number; params: readonly TypedParam[]; flags: number }; result: void };
  CONNECT_GET_STORAGE_POOL_CAPABILITIES: { args: { flags: number }; result: { capabilities: string } };
  NETWORK_LIST_ALL_PORTS: { args: { network: Network; need_results: number; flags: number }; result: { ports: readonly NetworkPort[]; ret: number } };
  NETWORK_PORT_LOOKUP_BY_UUID: { args: { network: Network; uuid: Uint8Array }; result: { port: NetworkPort } };
  NETWORK_PORT_CREATE_XML: { args: { network: Network; xml: string; flags: number }; result: { port: NetworkPort } };
  NETWORK_PORT_GET_PARAMETERS: { args: { port: NetworkPort; nparams: number; flags: number }; result: { params: readonly TypedParam[]; nparams: number } };
  NETWORK_PORT_SET_PARAMETERS: { args: { port: NetworkPort; params: readonly TypedParam[]; flags: number }; result: void };
  NETWORK_PORT_GET_XML_DESC: { args: { port: NetworkPort; flags: number }; result: { xml: string } };
  NETWORK_PORT_DELETE: { args: { port: NetworkPort; flags: number }; result: void };
  DOMAIN_CHECKPOINT_CREATE_XML: { args: { dom: Domain; xml_desc: string; flags: number }; result: { checkpoint: DomainCheckpoint } };
  DOMAIN_CHECKPOINT_GET_XML_DESC: { args: { checkpoint: DomainCheckpoint; flags: number }; result: { xml: string } };
  DOMAIN_LIST_ALL_CHECKPOINTS: { args: { dom: Domain; need_results: number; flags: number }; result: { checkpoints: readonly DomainCheckpoint[]; ret: number } };
  DOMAIN_CHECKPOINT_LIST_ALL_CHILDREN: { args: { checkpoint: DomainCheckpoint; need_results: number; flags: number }; result: { checkpoints: readonly DomainCheckpoint[]; ret: number } };
  DOMAIN_CHECKPOINT_LOOKUP_BY_NAME: { args: { dom: Domain; name: string; flags: number }; result: { checkpoint: DomainCheckpoint } };
  DOMAIN_CHECKPOINT_GET_PARENT: { args: { checkpoint: DomainCheckpoint; flags: number }; result: { parent: DomainCheckpoint } };
  DOMAIN_CHECKPOINT_DELETE: { args: { checkpoint: DomainCheckpoint; flags: number }; result: void };
  DOMAIN_GET_GUEST_INFO: { args: { dom: Domain; types: number; flags: number }; result: { params: readonly TypedParam[] } };
  CONNECT_SET_IDENTITY: { args: { params: readonly TypedParam[]; flags: number }; result: void };
  DOMAIN_AGENT_SET_RESPONSE_TIMEOUT: { args: { dom: Domain; timeout: number; flags: number }; result: { result: number } };
  DOMAIN_BACKUP_BEGIN: { args: { dom: Domain; backup_xml: string; checkpoint_xml: string | null; flags: number }; result: void };
  DOMAIN_BACKUP_GET_XML_DESC: { args: { dom: Domain; flags: number }; result: { xml: string } };
  DOMAIN_AUTHORIZED_SSH_KEYS_GET: { args: { dom: Domain; user: string; flags: number }; result: { keys: readonly string[] } };
  DOMAIN_AUTHORIZED_SSH_KEYS_SET: { args: { dom: Domain; user: string; keys: readonly string[]; flags: number }; result: void };
  DOMAIN_GET_MESSAGES: { args: { dom: Domain; flags: number }; result: { msgs: readonly string[] } };
  DOMAIN_START_DIRTY_RATE_CALC: { args: { dom: Domain; seconds: number; flags: number }; result: void };
  NODE_DEVICE_DEFINE_XML: { args: { xml_desc: string; flags: number }; result: { dev: NodeDevice } };
  NODE_DEVICE_UNDEFINE: { args: { name: string; flags: number }; result: void };
  NODE_DEVICE_CREATE: { args: { name: string; flags: number }; result: void };
  NWFILTER_DEFINE_XML_FLAGS: { args: { xml: string; flags: number }; result: { nwfilter: Nwfilter } };
  NETWORK_DEFINE_XML_FLAGS: { args: { xml: string; flags: number }; result: { net: Network } };
  NODE_DEVICE_GET_AUTOSTART: { args: { name: string }; result: { autostart: number } };
  NODE_DEVICE_SET_AUTOSTART: { args: { name: string; autostart: number }; result: void };
  NODE_DEVICE_IS_PERSISTENT: { args: { name: string }; result: { persistent: number } };
  NODE_DEVICE_IS_ACTIVE: { args: { name: string }; result: { active: number } };
  NETWORK_CREATE_XML_FLAGS: { args: { xml: string; flags: number }; result: { net: Network } };
  DOMAIN_SET_LAUNCH_SECURITY_STATE: { args: { dom: Domain; params: readonly TypedParam[]; flags: number }; result: void };
  DOMAIN_SAVE_PARAMS: { args: { dom: Domain; params: readonly TypedParam[]; flags: number }; result: void };
  DOMAIN_RESTORE_PARAMS: { args: { params: readonly TypedParam[]; flags: number }; result: void };
  DOMAIN_ABORT_JOB_FLAGS: { args: { dom: Domain; flags: number }; result: void };
  NETWORK_SET_METADATA: { args: { network: Network; type: number; metadata: string | null; key: string | null; uri: string | null; flags: number }; result: void };
  NETWORK_GET_METADATA: { args: { network: Network; type: number; uri: string | null; flags: number }; result: { metadata: string } };
  NODE_DEVICE_UPDATE: { args: { name: string; xml_desc: string; flags: number }; result: void };
  DOMAIN_GRAPHICS_RELOAD: { args: { dom: Domain; type: number; flags: number }; result: void };
  DOMAIN_GET_AUTOSTART_ONCE: { args: { dom: Domain }; result: { autostart: number } };
  DOMAIN_SET_AUTOSTART_ONCE: { args: { dom: Domain; autostart: number }; result: void };
  DOMAIN_SET_THROTTLE_GROUP: { args: { dom: Domain; group: string; params: readonly TypedParam[]; flags: number }; result: void };
  DOMAIN_DEL_THROTTLE_GROUP: { args: { dom: Domain; group: string | null; flags: number }; result: void };
  QEMU_DOMAIN_MONITOR_COMMAND: { args: { dom: Domain; cmd: string; flags: number }; result: { result: string } };
  QEMU_DOMAIN_ATTACH: { args: { pid_value: number; flags: number }; result: { dom: Domain } };
  QEMU_DOMAIN_AGENT_COMMAND: { args: { dom: Domain; cmd: string; timeout: number; flags: number }; result: { result: string | null } };
  QEMU_CONNECT_DOMAIN_MONITOR_EVENT_REGISTER: { args: { dom: Domain | null; event: string | null; flags: number }; result: { callbackID: number } };
  QEMU_CONNECT_DOMAIN_MONITOR_EVENT_DEREGISTER: { args: { callbackID: number }; result: void };
}

/** What the daemon tells unasked. */
export interface Messages {
  DOMAIN_EVENT_LIFECYCLE: { dom: Domain; event: number; detail: number };
  DOMAIN_EVENT_REBOOT: { dom: Domain };
  DOMAIN_EVENT_RTC_CHANGE: { dom: Domain; offset: bigint };
  DOMAIN_EVENT_WATCHDOG: { dom: Domain; action: number };
  DOMAIN_EVENT_IO_ERROR: { dom: Domain; srcPath: string; devAlias: string; action: number };
  DOMAIN_EVENT_GRAPHICS: { dom: Domain; phase: number; local: DomainEventGraphicsAddress; remote: DomainEventGraphicsAddress; authScheme: string; subject: readonly DomainEventGraphicsIdentity[] };
  DOMAIN_EVENT_IO_ERROR_REASON: { dom: Domain; srcPath: string; devAlias: string; action: number; reason: string };
  DOMAIN_EVENT_CONTROL_ERROR: { dom: Domain };
  DOMAIN_EVENT_BLOCK_JOB: { dom: Domain; path: string; type: number; status: number };
  DOMAIN_EVENT_DISK_CHANGE: { dom: Domain; oldSrcPath: string | null; newSrcPath: string | null; devAlias: string; reason: number };
  DOMAIN_EVENT_TRAY_CHANGE: { dom: Domain; devAlias: string; reason: number };
  DOMAIN_EVENT_PMWAKEUP: { dom: Domain };
  DOMAIN_EVENT_PMSUSPEND: { dom: Domain };
  DOMAIN_EVENT_BALLOON_CHANGE: { dom: Domain; actual: bigint };
  DOMAIN_EVENT_PMSUSPEND_DISK: { dom: Domain };
  DOMAIN_EVENT_DEVICE_REMOVED: { dom: Domain; devAlias: string };
  NETWORK_EVENT_LIFECYCLE: { callbackID: number; net: Network; event: number; detail: number };
  DOMAIN_EVENT_CALLBACK_LIFECYCLE: { callbackID: number; msg: DomainEventLifecycleMsg };
  DOMAIN_EVENT_CALLBACK_REBOOT: { callbackID: number; msg: DomainEventRebootMsg };
  DOMAIN_EVENT_CALLBACK_RTC_CHANGE: { callbackID: number; msg: DomainEventRtcChangeMsg };
  DOMAIN_EVENT_CALLBACK_WATCHDOG: { callbackID: number; msg: DomainEventWatchdogMsg };
  DOMAIN_EVENT_CALLBACK_IO_ERROR: { callbackID: number; msg: DomainEventIoErrorMsg };
  DOMAIN_EVENT_CALLBACK_GRAPHICS: { callbackID: number; msg: DomainEventGraphicsMsg };
  DOMAIN_EVENT_CALLBACK_IO_ERROR_REASON: { callbackID: number; msg: DomainEventIoErrorReasonMsg };
  DOMAIN_EVENT_CALLBACK_CONTROL_ERROR: { callbackID: number; msg: DomainEventControlErrorMsg };
  DOMAIN_EVENT_CALLBACK_BLOCK_JOB: { callbackID: number; msg: DomainEventBlockJobMsg };
  DOMAIN_EVENT_CALLBACK_DISK_CHANGE: { callbackID: number; msg: DomainEventDiskChangeMsg };
  DOMAIN_EVENT_CALLBACK_TRAY_CHANGE: { callbackID: number; msg: DomainEventTrayChangeMsg };
  DOMAIN_EVENT_CALLBACK_PMWAKEUP: { callbackID: number; reason: number; msg: DomainEventPmwakeupMsg };
  DOMAIN_EVENT_CALLBACK_PMSUSPEND: { callbackID: number; reason: number; msg: DomainEventPmsuspendMsg };
  DOMAIN_EVENT_CALLBACK_BALLOON_CHANGE: { callbackID: number; msg: DomainEventBalloonChangeMsg };
  DOMAIN_EVENT_CALLBACK_PMSUSPEND_DISK: { callbackID: number; reason: number; msg: DomainEventPmsuspendDiskMsg };
  DOMAIN_EVENT_CALLBACK_DEVICE_REMOVED: { callbackID: number; msg: DomainEventDeviceRemovedMsg };
  DOMAIN_EVENT_BLOCK_JOB_2: { callbackID: number; dom: Domain; dst: string; type: number; status: number };
  DOMAIN_EVENT_CALLBACK_TUNABLE: { callbackID: number; dom: Domain; params: readonly TypedParam[] };
  DOMAIN_EVENT_CALLBACK_AGENT_LIFECYCLE: { callbackID: number; dom: Domain; state: number; reason: number };
  DOMAIN_EVENT_CALLBACK_DEVICE_ADDED: { callbackID: number; dom: Domain; devAlias: string };
  DOMAIN_EVENT_CALLBACK_MIGRATION_ITERATION: { callbackID: number; dom: Domain; iteration: number };
  CONNECT_EVENT_CONNECTION_CLOSED: { reason: number };
  DOMAIN_EVENT_CALLBACK_JOB_COMPLETED: { callbackID: number; dom: Domain; params: readonly TypedParam[] };
  DOMAIN_EVENT_CALLBACK_DEVICE_REMOVAL_FAILED: { callbackID: number; dom: Domain; devAlias: string };
  STORAGE_POOL_EVENT_LIFECYCLE: { callbackID: number; pool: StoragePool; event: number; detail: number };
  STORAGE_POOL_EVENT_REFRESH: { callbackID: number; pool: StoragePool };
  NODE_DEVICE_EVENT_LIFECYCLE: { callbackID: number; dev: NodeDevice; event: number; detail: number };
  NODE_DEVICE_EVENT_UPDATE: { callbackID: number; dev: NodeDevice };
  DOMAIN_EVENT_CALLBACK_METADATA_CHANGE: { callbackID: number; dom: Domain; type: number; nsuri: string | null };
  SECRET_EVENT_LIFECYCLE: { callbackID: number; secret: Secret; event: number; detail: number };
  SECRET_EVENT_VALUE_CHANGED: { callbackID: number; secret: Secret };
  DOMAIN_EVENT_BLOCK_THRESHOLD: { callbackID: number; dom: Domain; dev: string; path: string | null; threshold: bigint; excess: bigint };
  DOMAIN_EVENT_MEMORY_FAILURE: { callbackID: number; dom: Domain; recipient: number; action: number; flags: number };
  DOMAIN_EVENT_MEMORY_DEVICE_SIZE_CHANGE: { callbackID: number; dom: Domain; alias: string; size: bigint };
  NETWORK_EVENT_CALLBACK_METADATA_CHANGE: { callbackID: number; net: Network; type: number; nsuri: string | null };
  DOMAIN_EVENT_NIC_MAC_CHANGE: { callbackID: number; dom: Domain; alias: string; oldMAC: string; newMAC: string };
  QEMU_DOMAIN_MONITOR_EVENT: { callbackID: number; dom: Domain; event: string; seconds: bigint; micros: number; details: string | null };
}

/** Calls that open a stream, and who sends: `read` the daemon, `write` we, or both. */
export const streams = {
  DOMAIN_OPEN_CONSOLE: 'both',
  DOMAIN_OPEN_CHANNEL: 'both',
  DOMAIN_SCREENSHOT: 'read',
  STORAGE_VOL_DOWNLOAD: 'read',
  STORAGE_VOL_UPLOAD: 'write',
  DOMAIN_MIGRATE_PREPARE_TUNNEL: 'write',
  DOMAIN_MIGRATE_PREPARE_TUNNEL3: 'write',
  DOMAIN_MIGRATE_PREPARE_TUNNEL3_PARAMS: 'write',
} as const;

/** Fields of each struct as name:type. <n> is an array of at most n, [n] one of exactly n, ? may be absent. */
export const structs: Readonly<Record<string, string>> = {
  domain: 'name:string uuid:opaque[16] id:int',
  domain_checkpoint: 'name:string dom:domain',
  domain_disk_error: 'disk:string error:int',
  domain_event_balloon_change_msg: 'dom:domain actual:uhyper',
  domain_event_block_job_msg: 'dom:domain path:string type:int status:int',
  domain_event_control_error_msg: 'dom:domain',
  domain_event_device_removed_msg: 'dom:domain devAlias:string',
  domain_event_disk_change_msg: 'dom:domain oldSrcPath:string? newSrcPath:string? devAlias:string reason:int',
  domain_event_graphics_address: 'family:int node:string service:string',
  domain_event_graphics_identity: 'type:string name:string',
  domain_event_graphics_msg: 'dom:domain phase:int local:domain_event_graphics_address remote:domain_event_graphics_address authScheme:string subject:domain_event_graphics_identity<20>',
  domain_event_io_error_msg: 'dom:domain srcPath:string devAlias:string action:int',
  domain_event_io_error_reason_msg: 'dom:domain srcPath:string devAlias:string action:int reason:string',
  domain_event_lifecycle_msg: 'dom:domain event:int detail:int',
  domain_event_pmsuspend_disk_msg: 'dom:domain',
  domain_event_pmsuspend_msg: 'dom:domain',
  domain_event_pmwakeup_msg: 'dom:domain',
  domain_event_reboot_msg: 'dom:domain',
  domain_event_rtc_change_msg: 'dom:domain offset:hyper',
  domain_event_tray_change_msg: 'dom:domain devAlias:string reason:int',
  domain_event_watchdog_msg: 'dom:domain action:int',
  domain_fsinfo: 'mountpoint:string name:string fstype:string dev_aliases:string<256>',
  domain_get_security_label_ret: 'label:char<4097> enforcing:int',
  domain_interface: 'name:string hwaddr:string? addrs:domain_ip_addr<2048>',
  domain_iothread_info: 'iothread_id:uint cpumap:opaque<2048>',
  domain_ip_addr: 'type:int addr:string prefix:uint',
  domain_memory_stat: 'tag:int val:uhyper',
  domain_snapshot: 'name:string dom:domain',
  domain_stats_record: 'dom:domain params:typed_param<262144>',
  error: 'code:int domain:int message:string? level:int dom:domain? str1:string? str2:string? str3:string? int1:int int2:int net:network?',
  interface: 'name:string mac:string',
  network: 'name:string uuid:opaque[16]',
  network_dhcp_lease: 'iface:string expirytime:hyper type:int mac:string? iaid:string? ipaddr:string prefix:uint hostname:string? clientid:string?',
  network_port: 'net:network uuid:opaque[16]',
  node_device: 'name:string',
  node_get_cpu_stats: 'field:string value:uhyper',
  node_get_memory_stats: 'field:string value:uhyper',
  nwfilter: 'name:string uuid:opaque[16]',
  nwfilter_binding: 'portdev:string filtername:string',
  secret: 'uuid:opaque[16] usageType:int usageID:string',
  storage_pool: 'name:string uuid:opaque[16]',
  storage_vol: 'pool:string name:string key:string',
  vcpu_info: 'number:uint state:int cpu_time:uhyper cpu:int',
};

/** Program, number, arguments, results. */
export const procedures: Readonly<
  Record<keyof Procedures, readonly [program: number, number: number, args: string, result: string]>
> = {
  CONNECT_OPEN: [programs.REMOTE, 1, 'name:string? flags:uint', ''],
  CONNECT_CLOSE: [programs.REMOTE, 2, '', ''],
  CONNECT_GET_TYPE: [programs.REMOTE, 3, '', 'type:string'],
  CONNECT_GET_VERSION: [programs.REMOTE, 4, '', 'hv_ver:uhyper'],
  CONNECT_GET_MAX_VCPUS: [programs.REMOTE, 5, 'type:string?', 'max_vcpus:int'],
  NODE_GET_INFO: [programs.REMOTE, 6, '', 'model:char[32] memory:uhyper cpus:int mhz:int nodes:int sockets:int cores:int threads:int'],
  CONNECT_GET_CAPABILITIES: [programs.REMOTE, 7, '', 'capabilities:string'],
  DOMAIN_ATTACH_DEVICE: [programs.REMOTE, 8, 'dom:domain xml:string', ''],
  DOMAIN_CREATE: [programs.REMOTE, 9, 'dom:domain', ''],
  DOMAIN_CREATE_XML: [programs.REMOTE, 10, 'xml_desc:string flags:uint', 'dom:domain'],
  DOMAIN_DEFINE_XML: [programs.REMOTE, 11, 'xml:string', 'dom:domain'],
  DOMAIN_DESTROY: [programs.REMOTE, 12, 'dom:domain', ''],
  DOMAIN_DETACH_DEVICE: [programs.REMOTE, 13, 'dom:domain xml:string', ''],
  DOMAIN_GET_XML_DESC: [programs.REMOTE, 14, 'dom:domain flags:uint', 'xml:string'],
  DOMAIN_GET_AUTOSTART: [programs.REMOTE, 15, 'dom:domain', 'autostart:int'],
  DOMAIN_GET_INFO: [programs.REMOTE, 16, 'dom:domain', 'state:uchar maxMem:uhyper memory:uhyper nrVirtCpu:ushort cpuTime:uhyper'],
  DOMAIN_GET_MAX_MEMORY: [programs.REMOTE, 17, 'dom:domain', 'memory:uhyper'],
  DOMAIN_GET_MAX_VCPUS: [programs.REMOTE, 18, 'dom:domain', 'num:int'],
  DOMAIN_GET_OS_TYPE: [programs.REMOTE, 19, 'dom:domain', 'type:string'],
  DOMAIN_GET_VCPUS: [programs.REMOTE, 20, 'dom:domain maxinfo:int maplen:int', 'info:vcpu_info<16384> cpumaps:opaque<8388608>'],
  CONNECT_LIST_DEFINED_DOMAINS: [programs.REMOTE, 21, 'maxnames:int', 'names:string<16384>'],
  DOMAIN_LOOKUP_BY_ID: [programs.REMOTE, 22, 'id:int', 'dom:domain'],
  DOMAIN_LOOKUP_BY_NAME: [programs.REMOTE, 23, 'name:string', 'dom:domain'],
  DOMAIN_LOOKUP_BY_UUID: [programs.REMOTE, 24, 'uuid:opaque[16]', 'dom:domain'],
  CONNECT_NUM_OF_DEFINED_DOMAINS: [programs.REMOTE, 25, '', 'num:int'],
  DOMAIN_PIN_VCPU: [programs.REMOTE, 26, 'dom:domain vcpu:uint cpumap:opaque<2048>', ''],
  DOMAIN_REBOOT: [programs.REMOTE, 27, 'dom:domain flags:uint', ''],
  DOMAIN_RESUME: [programs.REMOTE, 28, 'dom:domain', ''],
  DOMAIN_SET_AUTOSTART: [programs.REMOTE, 29, 'dom:domain autostart:int', ''],
  DOMAIN_SET_MAX_MEMORY: [programs.REMOTE, 30, 'dom:domain memory:uhyper', ''],
  DOMAIN_SET_MEMORY: [programs.REMOTE, 31, 'dom:domain memory:uhyper', ''],
  DOMAIN_SET_VCPUS: [programs.REMOTE, 32, 'dom:domain nvcpus:uint', ''],
  DOMAIN_SHUTDOWN: [programs.REMOTE, 33, 'dom:domain', ''],
  DOMAIN_SUSPEND: [programs.REMOTE, 34, 'dom:domain', ''],
  DOMAIN_UNDEFINE: [programs.REMOTE, 35, 'dom:domain', ''],
  CONNECT_LIST_DEFINED_NETWORKS: [programs.REMOTE, 36, 'maxnames:int', 'names:string<16384>'],
  CONNECT_LIST_DOMAINS: [programs.REMOTE, 37, 'maxids:int', 'ids:int<16384>'],
  CONNECT_LIST_NETWORKS: [programs.REMOTE, 38, 'maxnames:int', 'names:string<16384>'],
  NETWORK_CREATE: [programs.REMOTE, 39, 'net:network', ''],
  NETWORK_CREATE_XML: [programs.REMOTE, 40, 'xml:string', 'net:network'],
  NETWORK_DEFINE_XML: [programs.REMOTE, 41, 'xml:string', 'net:network'],
  NETWORK_DESTROY: [programs.REMOTE, 42, 'net:network', ''],
  NETWORK_GET_XML_DESC: [programs.REMOTE, 43, 'net:network flags:uint', 'xml:string'],
  NETWORK_GET_AUTOSTART: [programs.REMOTE, 44, 'net:network', 'autostart:int'],
  NETWORK_GET_BRIDGE_NAME: [programs.REMOTE, 45, 'net:network', 'name:string'],
  NETWORK_LOOKUP_BY_NAME: [programs.REMOTE, 46, 'name:string', 'net:network'],
  NETWORK_LOOKUP_BY_UUID: [programs.REMOTE, 47, 'uuid:opaque[16]', 'net:network'],
  NETWORK_SET_AUTOSTART: [programs.REMOTE, 48, 'net:network autostart:int', ''],
  NETWORK_UNDEFINE: [programs.REMOTE, 49, 'net:network', ''],
  CONNECT_NUM_OF_DEFINED_NETWORKS: [programs.REMOTE, 50, '', 'num:int'],
  CONNECT_NUM_OF_DOMAINS: [programs.REMOTE, 51, '', 'num:int'],
  CONNECT_NUM_OF_NETWORKS: [programs.REMOTE, 52, '', 'num:int'],
  DOMAIN_CORE_DUMP: [programs.REMOTE, 53, 'dom:domain to:string flags:uint', ''],
  DOMAIN_RESTORE: [programs.REMOTE, 54, 'from:string', ''],
  DOMAIN_SAVE: [programs.REMOTE, 55, 'dom:domain to:string', ''],
  DOMAIN_GET_SCHEDULER_TYPE: [programs.REMOTE, 56, 'dom:domain', 'type:string nparams:int'],
  DOMAIN_GET_SCHEDULER_PARAMETERS: [programs.REMOTE, 57, 'dom:domain nparams:int', 'params:typed_param<16>'],
  DOMAIN_SET_SCHEDULER_PARAMETERS: [programs.REMOTE, 58, 'dom:domain params:typed_param<16>', ''],
  CONNECT_GET_HOSTNAME: [programs.REMOTE, 59, '', 'hostname:string'],
  CONNECT_SUPPORTS_FEATURE: [programs.REMOTE, 60, 'feature:int', 'supported:int'],
  DOMAIN_MIGRATE_PREPARE: [programs.REMOTE, 61, 'uri_in:string? flags:uhyper dname:string? resource:uhyper', 'cookie:opaque<4194304> uri_out:string?'],
  DOMAIN_MIGRATE_PERFORM: [programs.REMOTE, 62, 'dom:domain cookie:opaque<4194304> uri:string flags:uhyper dname:string? resource:uhyper', ''],
  DOMAIN_MIGRATE_FINISH: [programs.REMOTE, 63, 'dname:string cookie:opaque<4194304> uri:string flags:uhyper', 'ddom:domain'],
  DOMAIN_BLOCK_STATS: [programs.REMOTE, 64, 'dom:domain path:string', 'rd_req:hyper rd_bytes:hyper wr_req:hyper wr_bytes:hyper errs:hyper'],
  DOMAIN_INTERFACE_STATS: [programs.REMOTE, 65, 'dom:domain device:string', 'rx_bytes:hyper rx_packets:hyper rx_errs:hyper rx_drop:hyper tx_bytes:hyper tx_packets:hyper tx_errs:hyper tx_drop:hyper'],
  AUTH_LIST: [programs.REMOTE, 66, '', 'types:int<20>'],
  AUTH_SASL_INIT: [programs.REMOTE, 67, '', 'mechlist:string'],
  AUTH_SASL_START: [programs.REMOTE, 68, 'mech:string nil:int data:char<65536>', 'complete:int nil:int data:char<65536>'],
  AUTH_SASL_STEP: [programs.REMOTE, 69, 'nil:int data:char<65536>', 'complete:int nil:int data:char<65536>'],
  AUTH_POLKIT: [programs.REMOTE, 70, '', 'complete:int'],
  CONNECT_NUM_OF_STORAGE_POOLS: [programs.REMOTE, 71, '', 'num:int'],
  CONNECT_LIST_STORAGE_POOLS: [programs.REMOTE, 72, 'maxnames:int', 'names:string<16384>'],
  CONNECT_NUM_OF_DEFINED_STORAGE_POOLS: [programs.REMOTE, 73, '', 'num:int'],
  CONNECT_LIST_DEFINED_STORAGE_POOLS: [programs.REMOTE, 74, 'maxnames:int', 'names:string<16384>'],
  CONNECT_FIND_STORAGE_POOL_SOURCES: [programs.REMOTE, 75, 'type:string srcSpec:string? flags:uint', 'xml:string'],
  STORAGE_POOL_CREATE_XML: [programs.REMOTE, 76, 'xml:string flags:uint', 'pool:storage_pool'],
  STORAGE_POOL_DEFINE_XML: [programs.REMOTE, 77, 'xml:string flags:uint', 'pool:storage_pool'],
  STORAGE_POOL_CREATE: [programs.REMOTE, 78, 'pool:storage_pool flags:uint', ''],
  STORAGE_POOL_BUILD: [programs.REMOTE, 79, 'pool:storage_pool flags:uint', ''],
  STORAGE_POOL_DESTROY: [programs.REMOTE, 80, 'pool:storage_pool', ''],
  STORAGE_POOL_DELETE: [programs.REMOTE, 81, 'pool:storage_pool flags:uint', ''],
  STORAGE_POOL_UNDEFINE: [programs.REMOTE, 82, 'pool:storage_pool', ''],
  STORAGE_POOL_REFRESH: [programs.REMOTE, 83, 'pool:storage_pool flags:uint', ''],
  STORAGE_POOL_LOOKUP_BY_NAME: [programs.REMOTE, 84, 'name:string', 'pool:storage_pool'],
  STORAGE_POOL_LOOKUP_BY_UUID: [programs.REMOTE, 85, 'uuid:opaque[16]', 'pool:storage_pool'],
  STORAGE_POOL_LOOKUP_BY_VOLUME: [programs.REMOTE, 86, 'vol:storage_vol', 'pool:storage_pool'],
  STORAGE_POOL_GET_INFO: [programs.REMOTE, 87, 'pool:storage_pool', 'state:uchar capacity:uhyper allocation:uhyper available:uhyper'],
  STORAGE_POOL_GET_XML_DESC: [programs.REMOTE, 88, 'pool:storage_pool flags:uint', 'xml:string'],
  STORAGE_POOL_GET_AUTOSTART: [programs.REMOTE, 89, 'pool:storage_pool', 'autostart:int'],
  STORAGE_POOL_SET_AUTOSTART: [programs.REMOTE, 90, 'pool:storage_pool autostart:int', ''],
  STORAGE_POOL_NUM_OF_VOLUMES: [programs.REMOTE, 91, 'pool:storage_pool', 'num:int'],
  STORAGE_POOL_LIST_VOLUMES: [programs.REMOTE, 92, 'pool:storage_pool maxnames:int', 'names:string<16384>'],
  STORAGE_VOL_CREATE_XML: [programs.REMOTE, 93, 'pool:storage_pool xml:string flags:uint', 'vol:storage_vol'],
  STORAGE_VOL_DELETE: [programs.REMOTE, 94, 'vol:storage_vol flags:uint', ''],
  STORAGE_VOL_LOOKUP_BY_NAME: [programs.REMOTE, 95, 'pool:storage_pool name:string', 'vol:storage_vol'],
  STORAGE_VOL_LOOKUP_BY_KEY: [programs.REMOTE, 96, 'key:string', 'vol:storage_vol'],
  STORAGE_VOL_LOOKUP_BY_PATH: [programs.REMOTE, 97, 'path:string', 'vol:storage_vol'],
  STORAGE_VOL_GET_INFO: [programs.REMOTE, 98, 'vol:storage_vol', 'type:char capacity:uhyper allocation:uhyper'],
  STORAGE_VOL_GET_XML_DESC: [programs.REMOTE, 99, 'vol:storage_vol flags:uint', 'xml:string'],
  STORAGE_VOL_GET_PATH: [programs.REMOTE, 100, 'vol:storage_vol', 'name:string'],
  NODE_GET_CELLS_FREE_MEMORY: [programs.REMOTE, 101, 'startCell:int maxcells:int', 'cells:uhyper<1024>'],
  NODE_GET_FREE_MEMORY: [programs.REMOTE, 102, '', 'freeMem:uhyper'],
  DOMAIN_BLOCK_PEEK: [programs.REMOTE, 103, 'dom:domain path:string offset:uhyper size:uint flags:uint', 'buffer:opaque<4194304>'],
  DOMAIN_MEMORY_PEEK: [programs.REMOTE, 104, 'dom:domain offset:uhyper size:uint flags:uint', 'buffer:opaque<4194304>'],
  CONNECT_DOMAIN_EVENT_REGISTER: [programs.REMOTE, 105, '', 'cb_registered:int'],
  CONNECT_DOMAIN_EVENT_DEREGISTER: [programs.REMOTE, 106, '', 'cb_registered:int'],
  DOMAIN_MIGRATE_PREPARE2: [programs.REMOTE, 108, 'uri_in:string? flags:uhyper dname:string? resource:uhyper dom_xml:string', 'cookie:opaque<4194304> uri_out:string?'],
  DOMAIN_MIGRATE_FINISH2: [programs.REMOTE, 109, 'dname:string cookie:opaque<4194304> uri:string flags:uhyper retcode:int', 'ddom:domain'],
  CONNECT_GET_URI: [programs.REMOTE, 110, '', 'uri:string'],
  NODE_NUM_OF_DEVICES: [programs.REMOTE, 111, 'cap:string? flags:uint', 'num:int'],
  NODE_LIST_DEVICES: [programs.REMOTE, 112, 'cap:string? maxnames:int flags:uint', 'names:string<65536>'],
  NODE_DEVICE_LOOKUP_BY_NAME: [programs.REMOTE, 113, 'name:string', 'dev:node_device'],
  NODE_DEVICE_GET_XML_DESC: [programs.REMOTE, 114, 'name:string flags:uint', 'xml:string'],
  NODE_DEVICE_GET_PARENT: [programs.REMOTE, 115, 'name:string', 'parentName:string?'],
  NODE_DEVICE_NUM_OF_CAPS: [programs.REMOTE, 116, 'name:string', 'num:int'],
  NODE_DEVICE_LIST_CAPS: [programs.REMOTE, 117, 'name:string maxnames:int', 'names:string<65536>'],
  NODE_DEVICE_DETTACH: [programs.REMOTE, 118, 'name:string', ''],
  NODE_DEVICE_RE_ATTACH: [programs.REMOTE, 119, 'name:string', ''],
  NODE_DEVICE_RESET: [programs.REMOTE, 120, 'name:string', ''],
  DOMAIN_GET_SECURITY_LABEL: [programs.REMOTE, 121, 'dom:domain', 'label:char<4097> enforcing:int'],
  NODE_GET_SECURITY_MODEL: [programs.REMOTE, 122, '', 'model:char<257> doi:char<257>'],
  NODE_DEVICE_CREATE_XML: [programs.REMOTE, 123, 'xml_desc:string flags:uint', 'dev:node_device'],
  NODE_DEVICE_DESTROY: [programs.REMOTE, 124, 'name:string', ''],
  STORAGE_VOL_CREATE_XML_FROM: [programs.REMOTE, 125, 'pool:storage_pool xml:string clonevol:storage_vol flags:uint', 'vol:storage_vol'],
  CONNECT_NUM_OF_INTERFACES: [programs.REMOTE, 126, '', 'num:int'],
  CONNECT_LIST_INTERFACES: [programs.REMOTE, 127, 'maxnames:int', 'names:string<16384>'],
  INTERFACE_LOOKUP_BY_NAME: [programs.REMOTE, 128, 'name:string', 'iface:interface'],
  INTERFACE_LOOKUP_BY_MAC_STRING: [programs.REMOTE, 129, 'mac:string', 'iface:interface'],
  INTERFACE_GET_XML_DESC: [programs.REMOTE, 130, 'iface:interface flags:uint', 'xml:string'],
  INTERFACE_DEFINE_XML: [programs.REMOTE, 131, 'xml:string flags:uint', 'iface:interface'],
  INTERFACE_UNDEFINE: [programs.REMOTE, 132, 'iface:interface', ''],
  INTERFACE_CREATE: [programs.REMOTE, 133, 'iface:interface flags:uint', ''],
  INTERFACE_DESTROY: [programs.REMOTE, 134, 'iface:interface flags:uint', ''],
  CONNECT_DOMAIN_XML_FROM_NATIVE: [programs.REMOTE, 135, 'nativeFormat:string nativeConfig:string flags:uint', 'domainXml:string'],
  CONNECT_DOMAIN_XML_TO_NATIVE: [programs.REMOTE, 136, 'nativeFormat:string domainXml:string flags:uint', 'nativeConfig:string'],
  CONNECT_NUM_OF_DEFINED_INTERFACES: [programs.REMOTE, 137, '', 'num:int'],
  CONNECT_LIST_DEFINED_INTERFACES: [programs.REMOTE, 138, 'maxnames:int', 'names:string<16384>'],
  CONNECT_NUM_OF_SECRETS: [programs.REMOTE, 139, '', 'num:int'],
  CONNECT_LIST_SECRETS: [programs.REMOTE, 140, 'maxuuids:int', 'uuids:string<16384>'],
  SECRET_LOOKUP_BY_UUID: [programs.REMOTE, 141, 'uuid:opaque[16]', 'secret:secret'],
  SECRET_DEFINE_XML: [programs.REMOTE, 142, 'xml:string flags:uint', 'secret:secret'],
  SECRET_GET_XML_DESC: [programs.REMOTE, 143, 'secret:secret flags:uint', 'xml:string'],
  SECRET_SET_VALUE: [programs.REMOTE, 144, 'secret:secret value:opaque<65536> flags:uint', ''],
  SECRET_GET_VALUE: [programs.REMOTE, 145, 'secret:secret flags:uint', 'value:opaque<65536>'],
  SECRET_UNDEFINE: [programs.REMOTE, 146, 'secret:secret', ''],
  SECRET_LOOKUP_BY_USAGE: [programs.REMOTE, 147, 'usageType:int usageID:string', 'secret:secret'],
  DOMAIN_MIGRATE_PREPARE_TUNNEL: [programs.REMOTE, 148, 'flags:uhyper dname:string? resource:uhyper dom_xml:string', ''],
  CONNECT_IS_SECURE: [programs.REMOTE, 149, '', 'secure:int'],
  DOMAIN_IS_ACTIVE: [programs.REMOTE, 150, 'dom:domain', 'active:int'],
  DOMAIN_IS_PERSISTENT: [programs.REMOTE, 151, 'dom:domain', 'persistent:int'],
  NETWORK_IS_ACTIVE: [programs.REMOTE, 152, 'net:network', 'active:int'],
  NETWORK_IS_PERSISTENT: [programs.REMOTE, 153, 'net:network', 'persistent:int'],
  STORAGE_POOL_IS_ACTIVE: [programs.REMOTE, 154, 'pool:storage_pool', 'active:int'],
  STORAGE_POOL_IS_PERSISTENT: [programs.REMOTE, 155, 'pool:storage_pool', 'persistent:int'],
  INTERFACE_IS_ACTIVE: [programs.REMOTE, 156, 'iface:interface', 'active:int'],
  CONNECT_GET_LIB_VERSION: [programs.REMOTE, 157, '', 'lib_ver:uhyper'],
  CONNECT_COMPARE_CPU: [programs.REMOTE, 158, 'xml:string flags:uint', 'result:int'],
  DOMAIN_MEMORY_STATS: [programs.REMOTE, 159, 'dom:domain maxStats:uint flags:uint', 'stats:domain_memory_stat<1024>'],
  DOMAIN_ATTACH_DEVICE_FLAGS: [programs.REMOTE, 160, 'dom:domain xml:string flags:uint', ''],
  DOMAIN_DETACH_DEVICE_FLAGS: [programs.REMOTE, 161, 'dom:domain xml:string flags:uint', ''],
  CONNECT_BASELINE_CPU: [programs.REMOTE, 162, 'xmlCPUs:string<256> flags:uint', 'cpu:string'],
  DOMAIN_GET_JOB_INFO: [programs.REMOTE, 163, 'dom:domain', 'type:int timeElapsed:uhyper timeRemaining:uhyper dataTotal:uhyper dataProcessed:uhyper dataRemaining:uhyper memTotal:uhyper memProcessed:uhyper memRemaining:uhyper fileTotal:uhyper fileProcessed:uhyper fileRemaining:uhyper'],
  DOMAIN_ABORT_JOB: [programs.REMOTE, 164, 'dom:domain', ''],
  STORAGE_VOL_WIPE: [programs.REMOTE, 165, 'vol:storage_vol flags:uint', ''],
  DOMAIN_MIGRATE_SET_MAX_DOWNTIME: [programs.REMOTE, 166, 'dom:domain downtime:uhyper flags:uint', ''],
  CONNECT_DOMAIN_EVENT_REGISTER_ANY: [programs.REMOTE, 167, 'eventID:int', ''],
  CONNECT_DOMAIN_EVENT_DEREGISTER_ANY: [programs.REMOTE, 168, 'eventID:int', ''],
  DOMAIN_UPDATE_DEVICE_FLAGS: [programs.REMOTE, 174, 'dom:domain xml:string flags:uint', ''],
  NWFILTER_LOOKUP_BY_NAME: [programs.REMOTE, 175, 'name:string', 'nwfilter:nwfilter'],
  NWFILTER_LOOKUP_BY_UUID: [programs.REMOTE, 176, 'uuid:opaque[16]', 'nwfilter:nwfilter'],
  NWFILTER_GET_XML_DESC: [programs.REMOTE, 177, 'nwfilter:nwfilter flags:uint', 'xml:string'],
  CONNECT_NUM_OF_NWFILTERS: [programs.REMOTE, 178, '', 'num:int'],
  CONNECT_LIST_NWFILTERS: [programs.REMOTE, 179, 'maxnames:int', 'names:string<16384>'],
  NWFILTER_DEFINE_XML: [programs.REMOTE, 180, 'xml:string', 'nwfilter:nwfilter'],
  NWFILTER_UNDEFINE: [programs.REMOTE, 181, 'nwfilter:nwfilter', ''],
  DOMAIN_MANAGED_SAVE: [programs.REMOTE, 182, 'dom:domain flags:uint', ''],
  DOMAIN_HAS_MANAGED_SAVE_IMAGE: [programs.REMOTE, 183, 'dom:domain flags:uint', 'result:int'],
  DOMAIN_MANAGED_SAVE_REMOVE: [programs.REMOTE, 184, 'dom:domain flags:uint', ''],
  DOMAIN_SNAPSHOT_CREATE_XML: [programs.REMOTE, 185, 'dom:domain xml_desc:string flags:uint', 'snap:domain_snapshot'],
  DOMAIN_SNAPSHOT_GET_XML_DESC: [programs.REMOTE, 186, 'snap:domain_snapshot flags:uint', 'xml:string'],
  DOMAIN_SNAPSHOT_NUM: [programs.REMOTE, 187, 'dom:domain flags:uint', 'num:int'],
  DOMAIN_SNAPSHOT_LIST_NAMES: [programs.REMOTE, 188, 'dom:domain maxnames:int flags:uint', 'names:string<16384>'],
  DOMAIN_SNAPSHOT_LOOKUP_BY_NAME: [programs.REMOTE, 189, 'dom:domain name:string flags:uint', 'snap:domain_snapshot'],
  DOMAIN_HAS_CURRENT_SNAPSHOT: [programs.REMOTE, 190, 'dom:domain flags:uint', 'result:int'],
  DOMAIN_SNAPSHOT_CURRENT: [programs.REMOTE, 191, 'dom:domain flags:uint', 'snap:domain_snapshot'],
  DOMAIN_REVERT_TO_SNAPSHOT: [programs.REMOTE, 192, 'snap:domain_snapshot flags:uint', ''],
  DOMAIN_SNAPSHOT_DELETE: [programs.REMOTE, 193, 'snap:domain_snapshot flags:uint', ''],
  DOMAIN_GET_BLOCK_INFO: [programs.REMOTE, 194, 'dom:domain path:string flags:uint', 'allocation:uhyper capacity:uhyper physical:uhyper'],
  DOMAIN_CREATE_WITH_FLAGS: [programs.REMOTE, 196, 'dom:domain flags:uint', 'dom:domain'],
  DOMAIN_SET_MEMORY_PARAMETERS: [programs.REMOTE, 197, 'dom:domain params:typed_param<16> flags:uint', ''],
  DOMAIN_GET_MEMORY_PARAMETERS: [programs.REMOTE, 198, 'dom:domain nparams:int flags:uint', 'params:typed_param<16> nparams:int'],
  DOMAIN_SET_VCPUS_FLAGS: [programs.REMOTE, 199, 'dom:domain nvcpus:uint flags:uint', ''],
  DOMAIN_GET_VCPUS_FLAGS: [programs.REMOTE, 200, 'dom:domain flags:uint', 'num:int'],
  DOMAIN_OPEN_CONSOLE: [programs.REMOTE, 201, 'dom:domain dev_name:string? flags:uint', ''],
  DOMAIN_IS_UPDATED: [programs.REMOTE, 202, 'dom:domain', 'updated:int'],
  CONNECT_GET_SYSINFO: [programs.REMOTE, 203, 'flags:uint', 'sysinfo:string'],
  DOMAIN_SET_MEMORY_FLAGS: [programs.REMOTE, 204, 'dom:domain memory:uhyper flags:uint', ''],
  DOMAIN_SET_BLKIO_PARAMETERS: [programs.REMOTE, 205, 'dom:domain params:typed_param<16> flags:uint', ''],
  DOMAIN_GET_BLKIO_PARAMETERS: [programs.REMOTE, 206, 'dom:domain nparams:int flags:uint', 'params:typed_param<16> nparams:int'],
  DOMAIN_MIGRATE_SET_MAX_SPEED: [programs.REMOTE, 207, 'dom:domain bandwidth:uhyper flags:uint', ''],
  STORAGE_VOL_UPLOAD: [programs.REMOTE, 208, 'vol:storage_vol offset:uhyper length:uhyper flags:uint', ''],
  STORAGE_VOL_DOWNLOAD: [programs.REMOTE, 209, 'vol:storage_vol offset:uhyper length:uhyper flags:uint', ''],
  DOMAIN_INJECT_NMI: [programs.REMOTE, 210, 'dom:domain flags:uint', ''],
  DOMAIN_SCREENSHOT: [programs.REMOTE, 211, 'dom:domain screen:uint flags:uint', 'mime:string?'],
  DOMAIN_GET_STATE: [programs.REMOTE, 212, 'dom:domain flags:uint', 'state:int reason:int'],
  DOMAIN_MIGRATE_BEGIN3: [programs.REMOTE, 213, 'dom:domain xmlin:string? flags:uhyper dname:string? resource:uhyper', 'cookie_out:opaque<4194304> xml:string'],
  DOMAIN_MIGRATE_PREPARE3: [programs.REMOTE, 214, 'cookie_in:opaque<4194304> uri_in:string? flags:uhyper dname:string? resource:uhyper dom_xml:string', 'cookie_out:opaque<4194304> uri_out:string?'],
  DOMAIN_MIGRATE_PREPARE_TUNNEL3: [programs.REMOTE, 215, 'cookie_in:opaque<4194304> flags:uhyper dname:string? resource:uhyper dom_xml:string', 'cookie_out:opaque<4194304>'],
  DOMAIN_MIGRATE_PERFORM3: [programs.REMOTE, 216, 'dom:domain xmlin:string? cookie_in:opaque<4194304> dconnuri:string? uri:string? flags:uhyper dname:string? resource:uhyper', 'cookie_out:opaque<4194304>'],
  DOMAIN_MIGRATE_FINISH3: [programs.REMOTE, 217, 'dname:string cookie_in:opaque<4194304> dconnuri:string? uri:string? flags:uhyper cancelled:int', 'dom:domain cookie_out:opaque<4194304>'],
  DOMAIN_MIGRATE_CONFIRM3: [programs.REMOTE, 218, 'dom:domain cookie_in:opaque<4194304> flags:uhyper cancelled:int', ''],
  DOMAIN_SET_SCHEDULER_PARAMETERS_FLAGS: [programs.REMOTE, 219, 'dom:domain params:typed_param<16> flags:uint', ''],
  INTERFACE_CHANGE_BEGIN: [programs.REMOTE, 220, 'flags:uint', ''],
  INTERFACE_CHANGE_COMMIT: [programs.REMOTE, 221, 'flags:uint', ''],
  INTERFACE_CHANGE_ROLLBACK: [programs.REMOTE, 222, 'flags:uint', ''],
  DOMAIN_GET_SCHEDULER_PARAMETERS_FLAGS: [programs.REMOTE, 223, 'dom:domain nparams:int flags:uint', 'params:typed_param<16>'],
  DOMAIN_PIN_VCPU_FLAGS: [programs.REMOTE, 225, 'dom:domain vcpu:uint cpumap:opaque<2048> flags:uint', ''],
  DOMAIN_SEND_KEY: [programs.REMOTE, 226, 'dom:domain codeset:uint holdtime:uint keycodes:uint<16> flags:uint', ''],
  NODE_GET_CPU_STATS: [programs.REMOTE, 227, 'cpuNum:int nparams:int flags:uint', 'params:node_get_cpu_stats<16> nparams:int'],
  NODE_GET_MEMORY_STATS: [programs.REMOTE, 228, 'nparams:int cellNum:int flags:uint', 'params:node_get_memory_stats<16> nparams:int'],
  DOMAIN_GET_CONTROL_INFO: [programs.REMOTE, 229, 'dom:domain flags:uint', 'state:uint details:uint stateTime:uhyper'],
  DOMAIN_GET_VCPU_PIN_INFO: [programs.REMOTE, 230, 'dom:domain ncpumaps:int maplen:int flags:uint', 'cpumaps:opaque<8388608> num:int'],
  DOMAIN_UNDEFINE_FLAGS: [programs.REMOTE, 231, 'dom:domain flags:uint', ''],
  DOMAIN_SAVE_FLAGS: [programs.REMOTE, 232, 'dom:domain to:string dxml:string? flags:uint', ''],
  DOMAIN_RESTORE_FLAGS: [programs.REMOTE, 233, 'from:string dxml:string? flags:uint', ''],
  DOMAIN_DESTROY_FLAGS: [programs.REMOTE, 234, 'dom:domain flags:uint', ''],
  DOMAIN_SAVE_IMAGE_GET_XML_DESC: [programs.REMOTE, 235, 'file:string flags:uint', 'xml:string'],
  DOMAIN_SAVE_IMAGE_DEFINE_XML: [programs.REMOTE, 236, 'file:string dxml:string flags:uint', ''],
  DOMAIN_BLOCK_JOB_ABORT: [programs.REMOTE, 237, 'dom:domain path:string flags:uint', ''],
  DOMAIN_GET_BLOCK_JOB_INFO: [programs.REMOTE, 238, 'dom:domain path:string flags:uint', 'found:int type:int bandwidth:uhyper cur:uhyper end:uhyper'],
  DOMAIN_BLOCK_JOB_SET_SPEED: [programs.REMOTE, 239, 'dom:domain path:string bandwidth:uhyper flags:uint', ''],
  DOMAIN_BLOCK_PULL: [programs.REMOTE, 240, 'dom:domain path:string bandwidth:uhyper flags:uint', ''],
  DOMAIN_MIGRATE_GET_MAX_SPEED: [programs.REMOTE, 242, 'dom:domain flags:uint', 'bandwidth:uhyper'],
  DOMAIN_BLOCK_STATS_FLAGS: [programs.REMOTE, 243, 'dom:domain path:string nparams:int flags:uint', 'params:typed_param<16> nparams:int'],
  DOMAIN_SNAPSHOT_GET_PARENT: [programs.REMOTE, 244, 'snap:domain_snapshot flags:uint', 'snap:domain_snapshot'],
  DOMAIN_RESET: [programs.REMOTE, 245, 'dom:domain flags:uint', ''],
  DOMAIN_SNAPSHOT_NUM_CHILDREN: [programs.REMOTE, 246, 'snap:domain_snapshot flags:uint', 'num:int'],
  DOMAIN_SNAPSHOT_LIST_CHILDREN_NAMES: [programs.REMOTE, 247, 'snap:domain_snapshot maxnames:int flags:uint', 'names:string<16384>'],
  NODE_SUSPEND_FOR_DURATION: [programs.REMOTE, 250, 'target:uint duration:uhyper flags:uint', ''],
  DOMAIN_BLOCK_RESIZE: [programs.REMOTE, 251, 'dom:domain disk:string size:uhyper flags:uint', ''],
  DOMAIN_SET_BLOCK_IO_TUNE: [programs.REMOTE, 252, 'dom:domain disk:string params:typed_param<32> flags:uint', ''],
  DOMAIN_GET_BLOCK_IO_TUNE: [programs.REMOTE, 253, 'dom:domain disk:string? nparams:int flags:uint', 'params:typed_param<32> nparams:int'],
  DOMAIN_SET_NUMA_PARAMETERS: [programs.REMOTE, 254, 'dom:domain params:typed_param<16> flags:uint', ''],
  DOMAIN_GET_NUMA_PARAMETERS: [programs.REMOTE, 255, 'dom:domain nparams:int flags:uint', 'params:typed_param<16> nparams:int'],
  DOMAIN_SET_INTERFACE_PARAMETERS: [programs.REMOTE, 256, 'dom:domain device:string params:typed_param<16> flags:uint', ''],
  DOMAIN_GET_INTERFACE_PARAMETERS: [programs.REMOTE, 257, 'dom:domain device:string nparams:int flags:uint', 'params:typed_param<16> nparams:int'],
  DOMAIN_SHUTDOWN_FLAGS: [programs.REMOTE, 258, 'dom:domain flags:uint', ''],
  STORAGE_VOL_WIPE_PATTERN: [programs.REMOTE, 259, 'vol:storage_vol algorithm:uint flags:uint', ''],
  STORAGE_VOL_RESIZE: [programs.REMOTE, 260, 'vol:storage_vol capacity:uhyper flags:uint', ''],
  DOMAIN_PM_SUSPEND_FOR_DURATION: [programs.REMOTE, 261, 'dom:domain target:uint duration:uhyper flags:uint', ''],
  DOMAIN_GET_CPU_STATS: [programs.REMOTE, 262, 'dom:domain nparams:uint start_cpu:int ncpus:uint flags:uint', 'params:typed_param<2048> nparams:int'],
  DOMAIN_GET_DISK_ERRORS: [programs.REMOTE, 263, 'dom:domain maxerrors:uint flags:uint', 'errors:domain_disk_error<256> nerrors:int'],
  DOMAIN_SET_METADATA: [programs.REMOTE, 264, 'dom:domain type:int metadata:string? key:string? uri:string? flags:uint', ''],
  DOMAIN_GET_METADATA: [programs.REMOTE, 265, 'dom:domain type:int uri:string? flags:uint', 'metadata:string'],
  DOMAIN_BLOCK_REBASE: [programs.REMOTE, 266, 'dom:domain path:string base:string? bandwidth:uhyper flags:uint', ''],
  DOMAIN_PM_WAKEUP: [programs.REMOTE, 267, 'dom:domain flags:uint', ''],
  DOMAIN_SNAPSHOT_IS_CURRENT: [programs.REMOTE, 271, 'snap:domain_snapshot flags:uint', 'current:int'],
  DOMAIN_SNAPSHOT_HAS_METADATA: [programs.REMOTE, 272, 'snap:domain_snapshot flags:uint', 'metadata:int'],
  CONNECT_LIST_ALL_DOMAINS: [programs.REMOTE, 273, 'need_results:int flags:uint', 'domains:domain<16384> ret:uint'],
  DOMAIN_LIST_ALL_SNAPSHOTS: [programs.REMOTE, 274, 'dom:domain need_results:int flags:uint', 'snapshots:domain_snapshot<16384> ret:int'],
  DOMAIN_SNAPSHOT_LIST_ALL_CHILDREN: [programs.REMOTE, 275, 'snapshot:domain_snapshot need_results:int flags:uint', 'snapshots:domain_snapshot<16384> ret:int'],
  DOMAIN_GET_HOSTNAME: [programs.REMOTE, 277, 'dom:domain flags:uint', 'hostname:string'],
  DOMAIN_GET_SECURITY_LABEL_LIST: [programs.REMOTE, 278, 'dom:domain', 'labels:domain_get_security_label_ret<64> ret:int'],
  DOMAIN_PIN_EMULATOR: [programs.REMOTE, 279, 'dom:domain cpumap:opaque<2048> flags:uint', ''],
  DOMAIN_GET_EMULATOR_PIN_INFO: [programs.REMOTE, 280, 'dom:domain maplen:int flags:uint', 'cpumaps:opaque<8388608> ret:int'],
  CONNECT_LIST_ALL_STORAGE_POOLS: [programs.REMOTE, 281, 'need_results:int flags:uint', 'pools:storage_pool<16384> ret:uint'],
  STORAGE_POOL_LIST_ALL_VOLUMES: [programs.REMOTE, 282, 'pool:storage_pool need_results:int flags:uint', 'vols:storage_vol<16384> ret:uint'],
  CONNECT_LIST_ALL_NETWORKS: [programs.REMOTE, 283, 'need_results:int flags:uint', 'nets:network<16384> ret:uint'],
  CONNECT_LIST_ALL_INTERFACES: [programs.REMOTE, 284, 'need_results:int flags:uint', 'ifaces:interface<16384> ret:uint'],
  CONNECT_LIST_ALL_NODE_DEVICES: [programs.REMOTE, 285, 'need_results:int flags:uint', 'devices:node_device<65536> ret:uint'],
  CONNECT_LIST_ALL_NWFILTERS: [programs.REMOTE, 286, 'need_results:int flags:uint', 'filters:nwfilter<16384> ret:uint'],
  CONNECT_LIST_ALL_SECRETS: [programs.REMOTE, 287, 'need_results:int flags:uint', 'secrets:secret<16384> ret:uint'],
  NODE_SET_MEMORY_PARAMETERS: [programs.REMOTE, 288, 'params:typed_param<64> flags:uint', ''],
  NODE_GET_MEMORY_PARAMETERS: [programs.REMOTE, 289, 'nparams:int flags:uint', 'params:typed_param<64> nparams:int'],
  DOMAIN_BLOCK_COMMIT: [programs.REMOTE, 290, 'dom:domain disk:string base:string? top:string? bandwidth:uhyper flags:uint', ''],
  NETWORK_UPDATE: [programs.REMOTE, 291, 'net:network command:uint section:uint parentIndex:int xml:string flags:uint', ''],
  NODE_GET_CPU_MAP: [programs.REMOTE, 293, 'need_map:int need_online:int flags:uint', 'cpumap:opaque<2048> online:uint ret:int'],
  DOMAIN_FSTRIM: [programs.REMOTE, 294, 'dom:domain mountPoint:string? minimum:uhyper flags:uint', ''],
  DOMAIN_SEND_PROCESS_SIGNAL: [programs.REMOTE, 295, 'dom:domain pid_value:hyper signum:uint flags:uint', ''],
  DOMAIN_OPEN_CHANNEL: [programs.REMOTE, 296, 'dom:domain name:string? flags:uint', ''],
  NODE_DEVICE_LOOKUP_SCSI_HOST_BY_WWN: [programs.REMOTE, 297, 'wwnn:string wwpn:string flags:uint', 'dev:node_device'],
  DOMAIN_GET_JOB_STATS: [programs.REMOTE, 298, 'dom:domain flags:uint', 'type:int params:typed_param<64>'],
  DOMAIN_MIGRATE_GET_COMPRESSION_CACHE: [programs.REMOTE, 299, 'dom:domain flags:uint', 'cacheSize:uhyper'],
  DOMAIN_MIGRATE_SET_COMPRESSION_CACHE: [programs.REMOTE, 300, 'dom:domain cacheSize:uhyper flags:uint', ''],
  NODE_DEVICE_DETACH_FLAGS: [programs.REMOTE, 301, 'name:string driverName:string? flags:uint', ''],
  DOMAIN_MIGRATE_BEGIN3_PARAMS: [programs.REMOTE, 302, 'dom:domain params:typed_param<64> flags:uint', 'cookie_out:opaque<4194304> xml:string'],
  DOMAIN_MIGRATE_PREPARE3_PARAMS: [programs.REMOTE, 303, 'params:typed_param<64> cookie_in:opaque<4194304> flags:uint', 'cookie_out:opaque<4194304> uri_out:string?'],
  DOMAIN_MIGRATE_PREPARE_TUNNEL3_PARAMS: [programs.REMOTE, 304, 'params:typed_param<64> cookie_in:opaque<4194304> flags:uint', 'cookie_out:opaque<4194304>'],
  DOMAIN_MIGRATE_PERFORM3_PARAMS: [programs.REMOTE, 305, 'dom:domain dconnuri:string? params:typed_param<64> cookie_in:opaque<4194304> flags:uint', 'cookie_out:opaque<4194304>'],
  DOMAIN_MIGRATE_FINISH3_PARAMS: [programs.REMOTE, 306, 'params:typed_param<64> cookie_in:opaque<4194304> flags:uint cancelled:int', 'dom:domain cookie_out:opaque<4194304>'],
  DOMAIN_MIGRATE_CONFIRM3_PARAMS: [programs.REMOTE, 307, 'dom:domain params:typed_param<64> cookie_in:opaque<4194304> flags:uint cancelled:int', ''],
  DOMAIN_SET_MEMORY_STATS_PERIOD: [programs.REMOTE, 308, 'dom:domain period:int flags:uint', ''],
  CONNECT_GET_CPU_MODEL_NAMES: [programs.REMOTE, 312, 'arch:string need_results:int flags:uint', 'models:string<8192> ret:int'],
  CONNECT_NETWORK_EVENT_REGISTER_ANY: [programs.REMOTE, 313, 'eventID:int net:network?', 'callbackID:int'],
  CONNECT_NETWORK_EVENT_DEREGISTER_ANY: [programs.REMOTE, 314, 'callbackID:int', ''],
  CONNECT_DOMAIN_EVENT_CALLBACK_REGISTER_ANY: [programs.REMOTE, 316, 'eventID:int dom:domain?', 'callbackID:int'],
  CONNECT_DOMAIN_EVENT_CALLBACK_DEREGISTER_ANY: [programs.REMOTE, 317, 'callbackID:int', ''],
  DOMAIN_CORE_DUMP_WITH_FORMAT: [programs.REMOTE, 334, 'dom:domain to:string dumpformat:uint flags:uint', ''],
  DOMAIN_FSFREEZE: [programs.REMOTE, 335, 'dom:domain mountpoints:string<256> flags:uint', 'filesystems:int'],
  DOMAIN_FSTHAW: [programs.REMOTE, 336, 'dom:domain mountpoints:string<256> flags:uint', 'filesystems:int'],
  DOMAIN_GET_TIME: [programs.REMOTE, 337, 'dom:domain flags:uint', 'seconds:hyper nseconds:uint'],
  DOMAIN_SET_TIME: [programs.REMOTE, 338, 'dom:domain seconds:hyper nseconds:uint flags:uint', ''],
  NODE_GET_FREE_PAGES: [programs.REMOTE, 340, 'pages:uint<1024> startCell:int cellCount:uint flags:uint', 'counts:uhyper<1024>'],
  NETWORK_GET_DHCP_LEASES: [programs.REMOTE, 341, 'net:network mac:string? need_results:int flags:uint', 'leases:network_dhcp_lease<65536> ret:uint'],
  CONNECT_GET_DOMAIN_CAPABILITIES: [programs.REMOTE, 342, 'emulatorbin:string? arch:string? machine:string? virttype:string? flags:uint', 'capabilities:string'],
  CONNECT_GET_ALL_DOMAIN_STATS: [programs.REMOTE, 344, 'doms:domain<16384> stats:uint flags:uint', 'retStats:domain_stats_record<16384>'],
  DOMAIN_BLOCK_COPY: [programs.REMOTE, 345, 'dom:domain path:string destxml:string params:typed_param<16> flags:uint', ''],
  NODE_ALLOC_PAGES: [programs.REMOTE, 347, 'pageSizes:uint<1024> pageCounts:uhyper<1024> startCell:int cellCount:uint flags:uint', 'ret:int'],
  DOMAIN_GET_FSINFO: [programs.REMOTE, 349, 'dom:domain flags:uint', 'info:domain_fsinfo<256> ret:uint'],
  DOMAIN_DEFINE_XML_FLAGS: [programs.REMOTE, 350, 'xml:string flags:uint', 'dom:domain'],
  DOMAIN_GET_IOTHREAD_INFO: [programs.REMOTE, 351, 'dom:domain flags:uint', 'info:domain_iothread_info<16384> ret:uint'],
  DOMAIN_PIN_IOTHREAD: [programs.REMOTE, 352, 'dom:domain iothreads_id:uint cpumap:opaque<2048> flags:uint', ''],
  DOMAIN_INTERFACE_ADDRESSES: [programs.REMOTE, 353, 'dom:domain source:uint flags:uint', 'ifaces:domain_interface<2048>'],
  DOMAIN_ADD_IOTHREAD: [programs.REMOTE, 355, 'dom:domain iothread_id:uint flags:uint', ''],
  DOMAIN_DEL_IOTHREAD: [programs.REMOTE, 356, 'dom:domain iothread_id:uint flags:uint', ''],
  DOMAIN_SET_USER_PASSWORD: [programs.REMOTE, 357, 'dom:domain user:string? password:string? flags:uint', ''],
  DOMAIN_RENAME: [programs.REMOTE, 358, 'dom:domain new_name:string? flags:uint', 'retcode:int'],
  CONNECT_REGISTER_CLOSE_CALLBACK: [programs.REMOTE, 360, '', ''],
  CONNECT_UNREGISTER_CLOSE_CALLBACK: [programs.REMOTE, 361, '', ''],
  DOMAIN_MIGRATE_START_POST_COPY: [programs.REMOTE, 364, 'dom:domain flags:uint', ''],
  DOMAIN_GET_PERF_EVENTS: [programs.REMOTE, 365, 'dom:domain flags:uint', 'params:typed_param<64>'],
  DOMAIN_SET_PERF_EVENTS: [programs.REMOTE, 366, 'dom:domain params:typed_param<64> flags:uint', ''],
  CONNECT_STORAGE_POOL_EVENT_REGISTER_ANY: [programs.REMOTE, 368, 'eventID:int pool:storage_pool?', 'callbackID:int'],
  CONNECT_STORAGE_POOL_EVENT_DEREGISTER_ANY: [programs.REMOTE, 369, 'callbackID:int', ''],
  DOMAIN_GET_GUEST_VCPUS: [programs.REMOTE, 371, 'dom:domain flags:uint', 'params:typed_param<64>'],
  DOMAIN_SET_GUEST_VCPUS: [programs.REMOTE, 372, 'dom:domain cpumap:string state:int flags:uint', ''],
  CONNECT_NODE_DEVICE_EVENT_REGISTER_ANY: [programs.REMOTE, 374, 'eventID:int dev:node_device?', 'callbackID:int'],
  CONNECT_NODE_DEVICE_EVENT_DEREGISTER_ANY: [programs.REMOTE, 375, 'callbackID:int', ''],
  STORAGE_VOL_GET_INFO_FLAGS: [programs.REMOTE, 378, 'vol:storage_vol flags:uint', 'type:char capacity:uhyper allocation:uhyper'],
  CONNECT_SECRET_EVENT_REGISTER_ANY: [programs.REMOTE, 380, 'eventID:int secret:secret?', 'callbackID:int'],
  CONNECT_SECRET_EVENT_DEREGISTER_ANY: [programs.REMOTE, 381, 'callbackID:int', ''],
  DOMAIN_SET_VCPU: [programs.REMOTE, 384, 'dom:domain cpumap:string state:int flags:uint', ''],
  DOMAIN_SET_BLOCK_THRESHOLD: [programs.REMOTE, 386, 'dom:domain dev:string threshold:uhyper flags:uint', ''],
  DOMAIN_MIGRATE_GET_MAX_DOWNTIME: [programs.REMOTE, 387, 'dom:domain flags:uint', 'downtime:uhyper'],
  DOMAIN_MANAGED_SAVE_GET_XML_DESC: [programs.REMOTE, 388, 'dom:domain flags:uint', 'xml:string'],
  DOMAIN_MANAGED_SAVE_DEFINE_XML: [programs.REMOTE, 389, 'dom:domain dxml:string? flags:uint', ''],
  DOMAIN_SET_LIFECYCLE_ACTION: [programs.REMOTE, 390, 'dom:domain type:uint action:uint flags:uint', ''],
  STORAGE_POOL_LOOKUP_BY_TARGET_PATH: [programs.REMOTE, 391, 'path:string', 'pool:storage_pool'],
  DOMAIN_DETACH_DEVICE_ALIAS: [programs.REMOTE, 392, 'dom:domain alias:string flags:uint', ''],
  CONNECT_COMPARE_HYPERVISOR_CPU: [programs.REMOTE, 393, 'emulator:string? arch:string? machine:string? virttype:string? xmlCPU:string flags:uint', 'result:int'],
  CONNECT_BASELINE_HYPERVISOR_CPU: [programs.REMOTE, 394, 'emulator:string? arch:string? machine:string? virttype:string? xmlCPUs:string<256> flags:uint', 'cpu:string'],
  NODE_GET_SEV_INFO: [programs.REMOTE, 395, 'nparams:int flags:uint', 'params:typed_param<64> nparams:int'],
  DOMAIN_GET_LAUNCH_SECURITY_INFO: [programs.REMOTE, 396, 'dom:domain flags:uint', 'params:typed_param<64>'],
  NWFILTER_BINDING_LOOKUP_BY_PORT_DEV: [programs.REMOTE, 397, 'name:string', 'nwfilter:nwfilter_binding'],
  NWFILTER_BINDING_GET_XML_DESC: [programs.REMOTE, 398, 'nwfilter:nwfilter_binding flags:uint', 'xml:string'],
  NWFILTER_BINDING_CREATE_XML: [programs.REMOTE, 399, 'xml:string flags:uint', 'nwfilter:nwfilter_binding'],
  NWFILTER_BINDING_DELETE: [programs.REMOTE, 400, 'nwfilter:nwfilter_binding', ''],
  CONNECT_LIST_ALL_NWFILTER_BINDINGS: [programs.REMOTE, 401, 'need_results:int flags:uint', 'bindings:nwfilter_binding<16384> ret:uint'],
  DOMAIN_SET_IOTHREAD_PARAMS: [programs.REMOTE, 402, 'dom:domain iothread_id:uint params:typed_param<64> flags:uint', ''],
  CONNECT_GET_STORAGE_POOL_CAPABILITIES: [programs.REMOTE, 403, 'flags:uint', 'capabilities:string'],
  NETWORK_LIST_ALL_PORTS: [programs.REMOTE, 404, 'network:network need_results:int flags:uint', 'ports:network_port<16384> ret:uint'],
  NETWORK_PORT_LOOKUP_BY_UUID: [programs.REMOTE, 405, 'network:network uuid:opaque[16]', 'port:network_port'],
  NETWORK_PORT_CREATE_XML: [programs.REMOTE, 406, 'network:network xml:string flags:uint', 'port:network_port'],
  NETWORK_PORT_GET_PARAMETERS: [programs.REMOTE, 407, 'port:network_port nparams:int flags:uint', 'params:typed_param<16> nparams:int'],
  NETWORK_PORT_SET_PARAMETERS: [programs.REMOTE, 408, 'port:network_port params:typed_param<16> flags:uint', ''],
  NETWORK_PORT_GET_XML_DESC: [programs.REMOTE, 409, 'port:network_port flags:uint', 'xml:string'],
  NETWORK_PORT_DELETE: [programs.REMOTE, 410, 'port:network_port flags:uint', ''],
  DOMAIN_CHECKPOINT_CREATE_XML: [programs.REMOTE, 411, 'dom:domain xml_desc:string flags:uint', 'checkpoint:domain_checkpoint'],
  DOMAIN_CHECKPOINT_GET_XML_DESC: [programs.REMOTE, 412, 'checkpoint:domain_checkpoint flags:uint', 'xml:string'],
  DOMAIN_LIST_ALL_CHECKPOINTS: [programs.REMOTE, 413, 'dom:domain need_results:int flags:uint', 'checkpoints:domain_checkpoint<16384> ret:int'],
  DOMAIN_CHECKPOINT_LIST_ALL_CHILDREN: [programs.REMOTE, 414, 'checkpoint:domain_checkpoint need_results:int flags:uint', 'checkpoints:domain_checkpoint<16384> ret:int'],
  DOMAIN_CHECKPOINT_LOOKUP_BY_NAME: [programs.REMOTE, 415, 'dom:domain name:string flags:uint', 'checkpoint:domain_checkpoint'],
  DOMAIN_CHECKPOINT_GET_PARENT: [programs.REMOTE, 416, 'checkpoint:domain_checkpoint flags:uint', 'parent:domain_checkpoint'],
  DOMAIN_CHECKPOINT_DELETE: [programs.REMOTE, 417, 'checkpoint:domain_checkpoint flags:uint', ''],
  DOMAIN_GET_GUEST_INFO: [programs.REMOTE, 418, 'dom:domain types:uint flags:uint', 'params:typed_param<2048>'],
  CONNECT_SET_IDENTITY: [programs.REMOTE, 419, 'params:typed_param<20> flags:uint', ''],
  DOMAIN_AGENT_SET_RESPONSE_TIMEOUT: [programs.REMOTE, 420, 'dom:domain timeout:int flags:uint', 'result:int'],
  DOMAIN_BACKUP_BEGIN: [programs.REMOTE, 421, 'dom:domain backup_xml:string checkpoint_xml:string? flags:uint', ''],
  DOMAIN_BACKUP_GET_XML_DESC: [programs.REMOTE, 422, 'dom:domain flags:uint', 'xml:string'],
  DOMAIN_AUTHORIZED_SSH_KEYS_GET: [programs.REMOTE, 424, 'dom:domain user:string flags:uint', 'keys:string<2048>'],
  DOMAIN_AUTHORIZED_SSH_KEYS_SET: [programs.REMOTE, 425, 'dom:domain user:string keys:string<2048> flags:uint', ''],
  DOMAIN_GET_MESSAGES: [programs.REMOTE, 426, 'dom:domain flags:uint', 'msgs:string<2048>'],
  DOMAIN_START_DIRTY_RATE_CALC: [programs.REMOTE, 427, 'dom:domain seconds:int flags:uint', ''],
  NODE_DEVICE_DEFINE_XML: [programs.REMOTE, 428, 'xml_desc:string flags:uint', 'dev:node_device'],
  NODE_DEVICE_UNDEFINE: [programs.REMOTE, 429, 'name:string flags:uint', ''],
  NODE_DEVICE_CREATE: [programs.REMOTE, 430, 'name:string flags:uint', ''],
  NWFILTER_DEFINE_XML_FLAGS: [programs.REMOTE, 431, 'xml:string flags:uint', 'nwfilter:nwfilter'],
  NETWORK_DEFINE_XML_FLAGS: [programs.REMOTE, 432, 'xml:string flags:uint', 'net:network'],
  NODE_DEVICE_GET_AUTOSTART: [programs.REMOTE, 433, 'name:string', 'autostart:int'],
  NODE_DEVICE_SET_AUTOSTART: [programs.REMOTE, 434, 'name:string autostart:int', ''],
  NODE_DEVICE_IS_PERSISTENT: [programs.REMOTE, 435, 'name:string', 'persistent:int'],
  NODE_DEVICE_IS_ACTIVE: [programs.REMOTE, 436, 'name:string', 'active:int'],
  NETWORK_CREATE_XML_FLAGS: [programs.REMOTE, 437, 'xml:string flags:uint', 'net:network'],
  DOMAIN_SET_LAUNCH_SECURITY_STATE: [programs.REMOTE, 439, 'dom:domain params:typed_param<64> flags:uint', ''],
  DOMAIN_SAVE_PARAMS: [programs.REMOTE, 440, 'dom:domain params:typed_param<64> flags:uint', ''],
  DOMAIN_RESTORE_PARAMS: [programs.REMOTE, 441, 'params:typed_param<64> flags:uint', ''],
  DOMAIN_ABORT_JOB_FLAGS: [programs.REMOTE, 442, 'dom:domain flags:uint', ''],
  NETWORK_SET_METADATA: [programs.REMOTE, 444, 'network:network type:int metadata:string? key:string? uri:string? flags:uint', ''],
  NETWORK_GET_METADATA: [programs.REMOTE, 445, 'network:network type:int uri:string? flags:uint', 'metadata:string'],
  NODE_DEVICE_UPDATE: [programs.REMOTE, 447, 'name:string xml_desc:string flags:uint', ''],
  DOMAIN_GRAPHICS_RELOAD: [programs.REMOTE, 448, 'dom:domain type:uint flags:uint', ''],
  DOMAIN_GET_AUTOSTART_ONCE: [programs.REMOTE, 449, 'dom:domain', 'autostart:int'],
  DOMAIN_SET_AUTOSTART_ONCE: [programs.REMOTE, 450, 'dom:domain autostart:int', ''],
  DOMAIN_SET_THROTTLE_GROUP: [programs.REMOTE, 451, 'dom:domain group:string params:typed_param<32> flags:uint', ''],
  DOMAIN_DEL_THROTTLE_GROUP: [programs.REMOTE, 452, 'dom:domain group:string? flags:uint', ''],
  QEMU_DOMAIN_MONITOR_COMMAND: [programs.QEMU, 1, 'dom:domain cmd:string flags:uint', 'result:string'],
  QEMU_DOMAIN_ATTACH: [programs.QEMU, 2, 'pid_value:uint flags:uint', 'dom:domain'],
  QEMU_DOMAIN_AGENT_COMMAND: [programs.QEMU, 3, 'dom:domain cmd:string timeout:int flags:uint', 'result:string?'],
  QEMU_CONNECT_DOMAIN_MONITOR_EVENT_REGISTER: [programs.QEMU, 4, 'dom:domain? event:string? flags:uint', 'callbackID:int'],
  QEMU_CONNECT_DOMAIN_MONITOR_EVENT_DEREGISTER: [programs.QEMU, 5, 'callbackID:int', ''],
};

/** Program, number, payload. */
export const messages: Readonly<
  Record<keyof Messages, readonly [program: number, number: number, payload: string]>
> = {
  DOMAIN_EVENT_LIFECYCLE: [programs.REMOTE, 107, 'dom:domain event:int detail:int'],
  DOMAIN_EVENT_REBOOT: [programs.REMOTE, 169, 'dom:domain'],
  DOMAIN_EVENT_RTC_CHANGE: [programs.REMOTE, 170, 'dom:domain offset:hyper'],
  DOMAIN_EVENT_WATCHDOG: [programs.REMOTE, 171, 'dom:domain action:int'],
  DOMAIN_EVENT_IO_ERROR: [programs.REMOTE, 172, 'dom:domain srcPath:string devAlias:string action:int'],
  DOMAIN_EVENT_GRAPHICS: [programs.REMOTE, 173, 'dom:domain phase:int local:domain_event_graphics_address remote:domain_event_graphics_address authScheme:string subject:domain_event_graphics_identity<20>'],
  DOMAIN_EVENT_IO_ERROR_REASON: [programs.REMOTE, 195, 'dom:domain srcPath:string devAlias:string action:int reason:string'],
  DOMAIN_EVENT_CONTROL_ERROR: [programs.REMOTE, 224, 'dom:domain'],
  DOMAIN_EVENT_BLOCK_JOB: [programs.REMOTE, 241, 'dom:domain path:string type:int status:int'],
  DOMAIN_EVENT_DISK_CHANGE: [programs.REMOTE, 248, 'dom:domain oldSrcPath:string? newSrcPath:string? devAlias:string reason:int'],
  DOMAIN_EVENT_TRAY_CHANGE: [programs.REMOTE, 268, 'dom:domain devAlias:string reason:int'],
  DOMAIN_EVENT_PMWAKEUP: [programs.REMOTE, 269, 'dom:domain'],
  DOMAIN_EVENT_PMSUSPEND: [programs.REMOTE, 270, 'dom:domain'],
  DOMAIN_EVENT_BALLOON_CHANGE: [programs.REMOTE, 276, 'dom:domain actual:uhyper'],
  DOMAIN_EVENT_PMSUSPEND_DISK: [programs.REMOTE, 292, 'dom:domain'],
  DOMAIN_EVENT_DEVICE_REMOVED: [programs.REMOTE, 311, 'dom:domain devAlias:string'],
  NETWORK_EVENT_LIFECYCLE: [programs.REMOTE, 315, 'callbackID:int net:network event:int detail:int'],
  DOMAIN_EVENT_CALLBACK_LIFECYCLE: [programs.REMOTE, 318, 'callbackID:int msg:domain_event_lifecycle_msg'],
  DOMAIN_EVENT_CALLBACK_REBOOT: [programs.REMOTE, 319, 'callbackID:int msg:domain_event_reboot_msg'],
  DOMAIN_EVENT_CALLBACK_RTC_CHANGE: [programs.REMOTE, 320, 'callbackID:int msg:domain_event_rtc_change_msg'],
  DOMAIN_EVENT_CALLBACK_WATCHDOG: [programs.REMOTE, 321, 'callbackID:int msg:domain_event_watchdog_msg'],
  DOMAIN_EVENT_CALLBACK_IO_ERROR: [programs.REMOTE, 322, 'callbackID:int msg:domain_event_io_error_msg'],
  DOMAIN_EVENT_CALLBACK_GRAPHICS: [programs.REMOTE, 323, 'callbackID:int msg:domain_event_graphics_msg'],
  DOMAIN_EVENT_CALLBACK_IO_ERROR_REASON: [programs.REMOTE, 324, 'callbackID:int msg:domain_event_io_error_reason_msg'],
  DOMAIN_EVENT_CALLBACK_CONTROL_ERROR: [programs.REMOTE, 325, 'callbackID:int msg:domain_event_control_error_msg'],
  DOMAIN_EVENT_CALLBACK_BLOCK_JOB: [programs.REMOTE, 326, 'callbackID:int msg:domain_event_block_job_msg'],
  DOMAIN_EVENT_CALLBACK_DISK_CHANGE: [programs.REMOTE, 327, 'callbackID:int msg:domain_event_disk_change_msg'],
  DOMAIN_EVENT_CALLBACK_TRAY_CHANGE: [programs.REMOTE, 328, 'callbackID:int msg:domain_event_tray_change_msg'],
  DOMAIN_EVENT_CALLBACK_PMWAKEUP: [programs.REMOTE, 329, 'callbackID:int reason:int msg:domain_event_pmwakeup_msg'],
  DOMAIN_EVENT_CALLBACK_PMSUSPEND: [programs.REMOTE, 330, 'callbackID:int reason:int msg:domain_event_pmsuspend_msg'],
  DOMAIN_EVENT_CALLBACK_BALLOON_CHANGE: [programs.REMOTE, 331, 'callbackID:int msg:domain_event_balloon_change_msg'],
  DOMAIN_EVENT_CALLBACK_PMSUSPEND_DISK: [programs.REMOTE, 332, 'callbackID:int reason:int msg:domain_event_pmsuspend_disk_msg'],
  DOMAIN_EVENT_CALLBACK_DEVICE_REMOVED: [programs.REMOTE, 333, 'callbackID:int msg:domain_event_device_removed_msg'],
  DOMAIN_EVENT_BLOCK_JOB_2: [programs.REMOTE, 339, 'callbackID:int dom:domain dst:string type:int status:int'],
  DOMAIN_EVENT_CALLBACK_TUNABLE: [programs.REMOTE, 346, 'callbackID:int dom:domain params:typed_param<2048>'],
  DOMAIN_EVENT_CALLBACK_AGENT_LIFECYCLE: [programs.REMOTE, 348, 'callbackID:int dom:domain state:int reason:int'],
  DOMAIN_EVENT_CALLBACK_DEVICE_ADDED: [programs.REMOTE, 354, 'callbackID:int dom:domain devAlias:string'],
  DOMAIN_EVENT_CALLBACK_MIGRATION_ITERATION: [programs.REMOTE, 359, 'callbackID:int dom:domain iteration:int'],
  CONNECT_EVENT_CONNECTION_CLOSED: [programs.REMOTE, 362, 'reason:int'],
  DOMAIN_EVENT_CALLBACK_JOB_COMPLETED: [programs.REMOTE, 363, 'callbackID:int dom:domain params:typed_param<64>'],
  DOMAIN_EVENT_CALLBACK_DEVICE_REMOVAL_FAILED: [programs.REMOTE, 367, 'callbackID:int dom:domain devAlias:string'],
  STORAGE_POOL_EVENT_LIFECYCLE: [programs.REMOTE, 370, 'callbackID:int pool:storage_pool event:int detail:int'],
  STORAGE_POOL_EVENT_REFRESH: [programs.REMOTE, 373, 'callbackID:int pool:storage_pool'],
  NODE_DEVICE_EVENT_LIFECYCLE: [programs.REMOTE, 376, 'callbackID:int dev:node_device event:int detail:int'],
  NODE_DEVICE_EVENT_UPDATE: [programs.REMOTE, 377, 'callbackID:int dev:node_device'],
  DOMAIN_EVENT_CALLBACK_METADATA_CHANGE: [programs.REMOTE, 379, 'callbackID:int dom:domain type:int nsuri:string?'],
  SECRET_EVENT_LIFECYCLE: [programs.REMOTE, 382, 'callbackID:int secret:secret event:int detail:int'],
  SECRET_EVENT_VALUE_CHANGED: [programs.REMOTE, 383, 'callbackID:int secret:secret'],
  DOMAIN_EVENT_BLOCK_THRESHOLD: [programs.REMOTE, 385, 'callbackID:int dom:domain dev:string path:string? threshold:uhyper excess:uhyper'],
  DOMAIN_EVENT_MEMORY_FAILURE: [programs.REMOTE, 423, 'callbackID:int dom:domain recipient:int action:int flags:uint'],
  DOMAIN_EVENT_MEMORY_DEVICE_SIZE_CHANGE: [programs.REMOTE, 438, 'callbackID:int dom:domain alias:string size:uhyper'],
  NETWORK_EVENT_CALLBACK_METADATA_CHANGE: [programs.REMOTE, 446, 'callbackID:int net:network type:int nsuri:string?'],
  DOMAIN_EVENT_NIC_MAC_CHANGE: [programs.REMOTE, 453, 'callbackID:int dom:domain alias:string oldMAC:string newMAC:string'],
  QEMU_DOMAIN_MONITOR_EVENT: [programs.QEMU, 6, 'callbackID:int dom:domain event:string seconds:hyper micros:uint details:string?'],
};
