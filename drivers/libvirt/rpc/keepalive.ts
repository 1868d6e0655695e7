export interface KeepaliveOptions {
  /** Silence in ms after which we ask whether the other side is there; 0 never asks. */
  interval: number;
  /** Questions without an answer before it counts as gone. */
  count: number;
}

export interface KeepaliveActs {
  ping: () => void;
  /** Says that we are there without asking for an answer. */
  sign: () => void;
  dead: (silence: number) => void;
  /** The daemon has so many calls of ours at work that it reads no pings: it gets more time. */
  crowded: () => boolean;
}

/** A crowded daemon may be silent so many times longer. */
const patience = 6;
/** ms between signs of life while we do not read. */
const signing = 1000;

/** libvirt's own figures. */
export const defaultKeepalive: KeepaliveOptions = { interval: 5000, count: 5 };

/**
 * Notices that the other side is gone. Whatever comes is a sign of life, not only answers: a daemon that has five
 * calls of ours at work does not read our pings before it has done one of them.
 */
export class Keepalive {
  private readonly options: KeepaliveOptions;
  private readonly act: KeepaliveActs;
  private timer: NodeJS.Timeout | undefined;
  private signs: NodeJS.Timeout | undefined;
  private heardSince = true;
  private unanswered = 0;

  constructor(options: KeepaliveOptions, act: KeepaliveActs) {
    this.options = options;
    this.act = act;
  }

  start(): void {
    if (this.timer || this.options.interval === 0) return;
    this.heardSince = true;
    this.timer = setInterval(() => this.tick(), this.options.interval);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
    clearInterval(this.signs);
    this.timer = undefined;
    this.signs = undefined;
  }

  /** Bytes came. */
  heard(): void {
    this.heardSince = true;
    this.unanswered = 0;
  }

  /**
   * We ourselves do not read for a while: silence means nothing then, and the daemon's pings stay unread. Signs keep it
   * from giving us up; pings would have answers, which would fill its memory.
   */
  deaf(deaf: boolean): void {
    clearInterval(this.signs);
    this.signs = undefined;
    this.heard();
    if (deaf && this.timer) this.signs = setInterval(this.act.sign, signing).unref();
  }

  private tick(): void {
    if (this.heardSince || this.signs) {
      this.heardSince = false;
      return;
    }
    const most = this.options.count * (this.act.crowded() ? patience : 1);
    if (this.unanswered >= most) {
      this.stop();
      this.act.dead(this.options.interval * (this.unanswered + 1));
      return;
    }
    this.unanswered += 1;
    this.act.ping();
  }
}
