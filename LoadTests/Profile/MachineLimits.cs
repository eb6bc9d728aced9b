using System.Diagnostics;
using AkkaPrivacy.LoadTests.Compare.Hmac;
using AkkaPrivacy.LoadTests.Compare.Pipeline;
using AkkaPrivacy.Operators.Tokenize;

namespace AkkaPrivacy.LoadTests.Profile;

/// <summary>What this machine needs for the bare work beneath a stage, per event of the job: no stage can be faster.</summary>
internal static class MachineLimits
{
    private const int BufferBytes = 64 << 20;
    private const int Lines = 1 << 22;
    private const int LineWords = 8;
    private const int Passes = 9;

    /// <summary>Measures.</summary>
    /// <returns>Names with nanoseconds per event, each the least of several passes.</returns>
    public static IReadOnlyList<(string Name, double Ns)> Measure()
    {
        var from = GC.AllocateUninitializedArray<byte>(BufferBytes);
        var to = GC.AllocateUninitializedArray<byte>(BufferBytes);
        from.AsSpan().Fill((byte)'x');
        const double Events = (double)BufferBytes / JsonLines.LineBytes;
        var hmac = new HmacWorkload();
        return
        [
            ($"copy {JsonLines.LineBytes} bytes from memory to memory", Least(() => from.CopyTo(to, 0)) / Events),
            ($"read {JsonLines.LineBytes} bytes from memory", Least(() => from.AsSpan().Contains((byte)'y')) / Events),
            ("HMAC-SHA-256 of 24 bytes, the kernel alone", Least(() => hmac.Batch(HmacPath.Auto)) / hmac.Tokens.Length),
            .. Misses(),
        ];
    }

    // Places that follow from one another cannot be fetched ahead; places known beforehand overlap.
    private static IEnumerable<(string Name, double Ns)> Misses()
    {
        const int Touched = 1 << 20;
        var memory = new long[Lines * LineWords];
        memory.AsSpan().Fill(1);
        var mask = (memory.Length / LineWords) - 1;
        var chained = Least(() =>
        {
            var at = 1L;
            for (var i = 0; i < Touched; i++)
            {
                at = Next(at + memory[(int)(at & mask) * LineWords]);
            }

            return at;
        });
        var apart = Least(() =>
        {
            var (at, sum) = (1L, 0L);
            for (var i = 0; i < Touched; i++)
            {
                at = Next(at);
                sum += memory[(int)(at & mask) * LineWords];
            }

            return sum;
        });
        yield return ("a cache line from 256 MiB, each place known only after the one before", chained / Touched);
        yield return ("a cache line from 256 MiB, places known beforehand", apart / Touched);
    }

    private static long Next(long at) => (long)(((ulong)at * 6364136223846793005) + 1442695040888963407 >> 7);

    private static double Least(Action pass) => Least(() =>
    {
        pass();
        return 0;
    });

    private static double Least<T>(Func<T> pass)
    {
        var least = TimeSpan.MaxValue;
        for (var i = 0; i < Passes; i++)
        {
            var start = Stopwatch.GetTimestamp();
            pass();
            var elapsed = Stopwatch.GetElapsedTime(start);
            least = elapsed < least ? elapsed : least;
        }

        return least.TotalNanoseconds;
    }
}
