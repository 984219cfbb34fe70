package dev.bailiwick.profiles;

/** Selects one slot, with this much access to it. */
public record SlotRule(Slot slot, SlotAccess access) {}
