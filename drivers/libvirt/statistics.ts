import type { StatsFields, StatsFieldsOptions } from '../api/driver.ts';
import type { DomainSample, NodeSample, StatsSnapshot } from '../api/model.ts';
import { failure, isRefusal, type Daemon } from './daemon.ts';
import type { DomainRows } from './domain-rows.ts';
import { uuidText } from './identity.ts';
import {
  ConnectGetAllDomainStatsFlags as Which,
  ConnectListAllDomainsFlags as List,
  DomainStatsTypes as Types,
  NodeGetCPUStatsAllCPUs,
  NodeGetMemoryStatsAllCells,
} from './rpc/enums.gen.ts';
import type { DomainStatsRecord } from './rpc/procedures.gen.ts';
import { TypedValues } from './rpc/typed-params.ts';

const kib = 1024;
const nanoseconds = 1e9;

/** Statistics of a node and its running domains: one call for all of them, whatever their number. */
export class Statistics {
  readonly #daemon: Daemon;
  readonly #rows: DomainRows;
  /** Whether the hypervisor answers for all domains at once; unknown before it was asked. */
  #bulk: boolean | undefined;
  /** How many numbers of each kind the node tells. */
  readonly #counts = new Map<string, number>();

  constructor(daemon: Daemon, rows: DomainRows) {
    this.#daemon = daemon;
    this.#rows = rows;
  }

  async take(): Promise<StatsSnapshot> {
    const [node, domains] = await Promise.all([this.#node(), this.#domains()]);
    return { time: Date.now(), ...(node ? { node } : {}), domains };
  }

  /** libvirt's own fields, in its order, for these domains or for all; `types` are virDomainStatsTypes. */
  async fields(
    types: number,
    uuids: readonly string[] = [],
    { backing, enforce, noWait }: StatsFieldsOptions = {},
  ): Promise<StatsFields[]> {
    const { retStats } = await this.#daemon.call('CONNECT_GET_ALL_DOMAIN_STATS', {
      doms: uuids.map((uuid) => ({ name: '', uuid: Buffer.from(uuid.replaceAll('-', ''), 'hex'), id: -1 })),
      stats: types,
      // the highest bit makes a negative number of it
      flags:
        ((backing ? Which.BACKING : 0) |
          (enforce ? Which.ENFORCE_STATS : 0) |
          (noWait ? Which.NOWAIT : 0)) >>>
        0,
    });
    return retStats.map(({ dom, params }) => ({ name: dom.name, fields: params }));
  }

  async #domains(): Promise<DomainSample[]> {
    if (this.#bulk !== false) {
      const answer = await this.#daemon.ifSupported(
        this.#daemon.call('CONNECT_GET_ALL_DOMAIN_STATS', {
          doms: [],
          stats: Types.CPU_TOTAL | Types.BALLOON | Types.VCPU | Types.INTERFACE | Types.BLOCK,
          // a domain that is busy with a job is left out of this round in place of being waited for
          flags: Which.ACTIVE | Which.NOWAIT,
        }),
      );
      this.#bulk = answer !== undefined;
      if (answer) return answer.retStats.map((record) => this.#sample(record));
    }
    return this.#oneByOne();
  }

  #sample({ dom, params }: DomainStatsRecord): DomainSample {
    const uuid = uuidText(dom.uuid);
    const row = this.#rows.known(uuid);
    const values = new TypedValues(params);
    const disks = devicesOf(values, 'block', (at) => ({
      target: values.string(`${at}.name`) ?? '',
      readBytes: values.number(`${at}.rd.bytes`) ?? 0,
      writeBytes: values.number(`${at}.wr.bytes`) ?? 0,
      readOps: values.number(`${at}.rd.reqs`) ?? 0,
      writeOps: values.number(`${at}.wr.reqs`) ?? 0,
    }));
    const interfaces = devicesOf(values, 'net', (at) => ({
      target: values.string(`${at}.name`) ?? '',
      receiveBytes: values.number(`${at}.rx.bytes`) ?? 0,
      transmitBytes: values.number(`${at}.tx.bytes`) ?? 0,
    }));
    const time = values.number('cpu.time');
    const current = values.number('balloon.current');
    const available = values.number('balloon.available');
    const unused = values.number('balloon.usable') ?? values.number('balloon.unused');
    const resident = values.number('balloon.rss');
    const maximum = values.number('balloon.maximum');
    return {
      uuid,
      vcpus: values.number('vcpu.current') ?? row?.vcpus ?? 1,
      memoryMax: maximum === undefined ? (row?.memory ?? 0) : maximum * kib,
      ...(time === undefined ? {} : { cpuSeconds: time / nanoseconds }),
      ...(current === undefined ? {} : { memoryCurrent: current * kib }),
      ...(available === undefined || unused === undefined
        ? {}
        : { memoryUsed: Math.max(0, available - unused) * kib }),
      ...(resident === undefined ? {} : { memoryResident: resident * kib }),
      ...(disks
        ? {
            readBytes: sum(disks, 'readBytes'),
            writeBytes: sum(disks, 'writeBytes'),
            readOps: sum(disks, 'readOps'),
            writeOps: sum(disks, 'writeOps'),
            disks: disks.map(({ target, readBytes, writeBytes }) => ({ target, readBytes, writeBytes })),
          }
        : {}),
      ...(interfaces
        ? {
            receiveBytes: sum(interfaces, 'receiveBytes'),
            transmitBytes: sum(interfaces, 'transmitBytes'),
            interfaces,
          }
        : {}),
    };
  }

  /** For hypervisors that are asked domain by domain: their processor time and memory. */
  async #oneByOne(): Promise<DomainSample[]> {
    const { domains } = await this.#daemon.call('CONNECT_LIST_ALL_DOMAINS', {
      need_results: 1,
      flags: List.ACTIVE,
    });
    const samples = await Promise.all(
      domains.map(async (dom): Promise<DomainSample | undefined> => {
        const info = await this.#daemon.ifThere(this.#daemon.call('DOMAIN_GET_INFO', { dom }));
        return (
          info && {
            uuid: uuidText(dom.uuid),
            cpuSeconds: Number(info.cpuTime) / nanoseconds,
            vcpus: info.nrVirtCpu,
            memoryMax: Number(info.maxMem) * kib,
            memoryCurrent: Number(info.memory) * kib,
          }
        );
      }),
    );
    return samples.filter((sample) => sample !== undefined);
  }

  async #node(): Promise<NodeSample | undefined> {
    const { CPU_STATS_ALL_CPUS: cpuNum } = NodeGetCPUStatsAllCPUs;
    const { MEMORY_STATS_ALL_CELLS: cellNum } = NodeGetMemoryStatsAllCells;
    const daemon = this.#daemon;
    const [cpu, memory] = await Promise.all([
      this.#numbers('cpu', (nparams) => daemon.call('NODE_GET_CPU_STATS', { cpuNum, nparams, flags: 0 })),
      this.#numbers('memory', (nparams) =>
        daemon.call('NODE_GET_MEMORY_STATS', { cellNum, nparams, flags: 0 }),
      ),
    ]);
    const total = memory?.get('total');
    if (total === undefined) return undefined;
    const free = memory?.get('free') ?? 0;
    const caches = (memory?.get('buffers') ?? 0) + (memory?.get('cached') ?? 0);
    const idle = (cpu?.get('idle') ?? 0) + (cpu?.get('iowait') ?? 0);
    const all =
      cpu &&
      [...cpu.entries()].reduce(
        (seconds, [name, value]) => (name === 'utilization' ? seconds : seconds + value),
        0,
      );
    return {
      ...(all ? { cpuTotalSeconds: all / nanoseconds, cpuBusySeconds: (all - idle) / nanoseconds } : {}),
      memoryTotal: total * kib,
      memoryAvailable: (free + caches) * kib,
    };
  }

  /** Named numbers, of which the daemon is first asked how many there are; undefined where it tells none. */
  #numbers(
    name: 'cpu' | 'memory',
    call: (nparams: number) => Promise<NamedNumbers>,
  ): Promise<ReadonlyMap<string, number> | undefined> {
    const ask = async (): Promise<ReadonlyMap<string, number>> => {
      const count = this.#counts.get(name) ?? (await call(0)).nparams;
      this.#counts.set(name, count);
      // all that there are: more is an error, fewer too
      const { params } = await call(count);
      return new Map(params.map(({ field, value }) => [field, Number(value)]));
    };
    return ask().catch((error: unknown) => {
      // the machines' own figures do not depend on it
      if (!isRefusal(error)) throw error;
      this.#daemon.log.debug('The load of the host is not known', { name, error: failure(error).message });
      return undefined;
    });
  }
}

interface NamedNumbers {
  params: readonly { field: string; value: bigint }[];
  nparams: number;
}

function devicesOf<T>(values: TypedValues, kind: string, read: (at: string) => T): T[] | undefined {
  const count = values.number(`${kind}.count`);
  return count === undefined
    ? undefined
    : Array.from({ length: count }, (_, index) => read(`${kind}.${String(index)}`));
}

const sum = <K extends string>(items: readonly Record<K, number>[], key: K): number =>
  items.reduce((total, item) => total + item[key], 0);
