declare class CoarseClock {
    nowMs: number;
    private readonly listeners;
    constructor();
    onTick(listener: (nowMs: number) => void): void;
}
export declare const coarseClock: CoarseClock;
export {};
