using System.Diagnostics;

namespace AkkaPrivacy.Tests.AkkaNet.MultiNode.Processes;

/// <summary>Waits for facts that can only be looked at: rows of a file, a process that is gone.</summary>
internal static class Until
{
    /// <summary>How long anything may take on a machine that does much else.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(15);

    /// <summary>Ends when the fact is there.</summary>
    /// <returns>How long that took.</returns>
    /// <exception cref="TimeoutException">It was not there in time.</exception>
    public static async Task<TimeSpan> IsAsync(string fact, Func<bool> isSo, Func<string>? otherwise = null, Func<bool>? isHopeless = null)
    {
        var watch = Stopwatch.StartNew();
        return await IsInTimeAsync(isSo, Patience, isHopeless)
            ? watch.Elapsed
            : throw new TimeoutException($"Not seen within {watch.Elapsed.TotalSeconds:0} s: {fact}.{Environment.NewLine}{otherwise?.Invoke()}");
    }

    /// <summary>Ends when the fact is there, or when time is up.</summary>
    /// <returns>Whether it is there.</returns>
    public static async Task<bool> IsInTimeAsync(Func<bool> isSo, TimeSpan patience, Func<bool>? isHopeless = null)
    {
        var watch = Stopwatch.StartNew();
        using var timer = new PeriodicTimer(Look);
        while (!isSo())
        {
            if (watch.Elapsed > patience || (isHopeless?.Invoke() == true && !isSo()))
            {
                return false;
            }

            await timer.WaitForNextTickAsync();
        }

        return true;
    }
}
