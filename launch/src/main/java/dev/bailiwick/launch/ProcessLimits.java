package dev.bailiwick.launch;

import java.time.Duration;

/**
 * What all programs of one group may use together. Zero means none of it: a group with a zero starts nothing.
 *
 * @param processes at a time
 * @param threads at a time, those of all processes
 * @param memoryBytes of private writable memory, as the kernel counts it against RLIMIT_DATA
 * @param cpuBudget processor time in one window
 * @param cpuWindow how long a window is
 */
public record ProcessLimits(int processes, int threads, long memoryBytes, Duration cpuBudget, Duration cpuWindow) {}
