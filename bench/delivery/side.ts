/** One person of the harness: hears numbered events and tells numbered says. */
export interface DeliveryClient {
  /** Says number `n`, 1, 2, 3, ...; called when `room` is true. */
  say(n: number): void;
  /** True while more may be said: nobody tells more than about this many that nothing came back for. */
  room(): boolean;
  /** How many says this side still means to deliver. A side without acknowledgements has none. */
  unsettled(): number;
  close(): void;
}

/** A way of delivery: what its server is, and how a client of it behaves. */
export interface DeliverySide {
  readonly name: string;
  readonly serverFile: string;
  /** Opens client number `client`, told each event's number as it is delivered to the app. */
  open(port: number, client: number, onEvent: (n: number) => void): DeliveryClient | Promise<DeliveryClient>;
}
