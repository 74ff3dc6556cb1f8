export {};
//# sourceMappingURL=gate.js.map