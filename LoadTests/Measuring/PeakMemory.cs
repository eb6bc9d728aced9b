using System.Diagnostics;

namespace AkkaPrivacy.LoadTests.Measuring;

/// <summary>The process's largest working set since a moment.</summary>
internal static class PeakMemory
{
    private const string ResetFile = "/proc/self/clear_refs";

    /// <summary>Starts over. On systems other than Linux the peak stays that of the process's whole life.</summary>
    public static void Reset()
    {
        if (OperatingSystem.IsLinux())
        {
            // 5 resets the high-water mark of resident memory (proc(5)).
            File.WriteAllText(ResetFile, "5");
        }
    }

    /// <summary>The largest working set since <see cref="Reset"/>.</summary>
    /// <returns>Bytes.</returns>
    public static long Read()
    {
        using var process = Process.GetCurrentProcess();
        return process.PeakWorkingSet64;
    }
}
