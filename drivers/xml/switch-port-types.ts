import type { Word } from './codec/spec.ts';

/** What the port of a virtual switch has, whether the port of one guest's card or one of a network's kinds of port. */

/** average and floor in KiB a second, peak too, burst in KiB. */
export interface Bandwidth {
  average?: number;
  peak?: number;
  burst?: number;
  floor?: number;
}

/** As seen from the guest: inbound is what it receives. */
export interface BandwidthLimits {
  inbound?: Bandwidth;
  outbound?: Bandwidth;
}

export interface Virtualport {
  type?: Word<'802.1Qbg' | '802.1Qbh' | 'openvswitch' | 'midonet'>;
  parameters?: VirtualportParameters;
}

export interface VirtualportParameters {
  interfaceid?: string;
  profileid?: string;
  managerid?: string;
  typeid?: string;
  typeidversion?: string;
  instanceid?: string;
}

export interface Vlan {
  /** Several tags pass; libvirt takes more than one tag for a trunk whatever this says. */
  trunk: boolean;
  tags: VlanTag[];
}

export interface VlanTag {
  id: number;
  nativeMode?: Word<'tagged' | 'untagged'>;
}
