using System.Diagnostics;
using System.Runtime.InteropServices;

namespace AkkaPrivacy.LoadTests.Profile;

/// <summary>A clock whose timestamps are the processor time of the calling thread, so that what other programs take from a
/// stage is not counted as its own. On systems other than Linux it is the ordinary clock.</summary>
internal sealed class ThreadClock : TimeProvider
{
    private const int ThreadProcessorTime = 3;
    private const long NsPerSecond = 1_000_000_000;

    /// <inheritdoc />
    public override long TimestampFrequency => OperatingSystem.IsLinux() ? NsPerSecond : Stopwatch.Frequency;

    /// <inheritdoc />
    public override long GetTimestamp()
    {
        if (!OperatingSystem.IsLinux())
        {
            return Stopwatch.GetTimestamp();
        }

        var failed = GetTime(ThreadProcessorTime, out var time);
        Debug.Assert(failed == 0, "clock_gettime(2) fails only for clocks that it does not know.");
        return (time.Seconds * NsPerSecond) + time.Nanoseconds;
    }

    [DllImport("libc", EntryPoint = "clock_gettime")]
    private static extern int GetTime(int clock, out TimeSpec time);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
