export class WaitingRoom {
    seats;
    deadlineMs;
    sockets = new Map();
    evicted = 0;
    timedOut = 0;
    constructor(seats, deadlineMs) {
        this.seats = seats;
        this.deadlineMs = deadlineMs;
    }
    get size() {
        return this.sockets.size;
    }
    enter(socket) {
        if (this.sockets.size >= this.seats) {
            const [oldest] = this.sockets.keys();
            if (oldest) {
                this.evicted++;
                this.leave(oldest);
                oldest.destroy();
            }
        }
        const timer = setTimeout(() => {
            this.timedOut++;
            this.leave(socket);
            socket.destroy();
        }, this.deadlineMs);
        timer.unref();
        this.sockets.set(socket, timer);
        socket.once('close', () => {
            this.leave(socket);
        });
    }
    leave(socket) {
        clearTimeout(this.sockets.get(socket));
        this.sockets.delete(socket);
    }
}
//# sourceMappingURL=waiting-room.js.map