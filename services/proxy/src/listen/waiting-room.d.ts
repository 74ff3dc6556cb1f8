/**
 * Connections that have not proved who they are. Each has one deadline, counted from accept; together they are bounded:
 * when the room is full the one that has waited longest leaves, so a flood of silent sockets cannot keep good logins out
 * (a good one is done within milliseconds, long before it is the oldest).
 */
import type { Socket } from 'node:net';
export declare class WaitingRoom {
    private readonly seats;
    private readonly deadlineMs;
    private readonly sockets;
    evicted: number;
    timedOut: number;
    constructor(seats: number, deadlineMs: number);
    get size(): number;
    enter(socket: Socket): void;
    leave(socket: Socket): void;
}
