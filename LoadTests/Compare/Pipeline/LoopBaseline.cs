using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace AkkaPrivacy.LoadTests.Compare.Pipeline;

/// <summary>
/// The baselines <c>loop</c> and <c>cached-loop</c>: the job as a careful C# programmer writes it by hand, one event
/// after the other, with the framework's own calls and without needless allocations.
/// </summary>
/// <param name="cached">Whether tokens are remembered by user, in plain memory and without a limit.</param>
internal sealed class LoopBaseline(bool cached) : IPipelineSubject
{
    private const ulong KeptBelow = (ulong)(PipelineJob.KeptShare * (1UL << 63)) * 2;

    /// <inheritdoc />
    public string Name => cached ? "cached-loop" : "loop";

    /// <inheritdoc />
    public long Run(ReadOnlyMemory<byte> jsonLines, int events)
    {
        var counts = new PageCounts();
        Dictionary<string, UInt128>? cache = cached ? [] : null;
        ReadOnlySpan<byte> rest = jsonLines.Span;
        for (int i = 0; i < events; i++)
        {
            int end = rest.IndexOf((byte)'\n');
            PageView view = PageView.Parse(rest[..end]);
            rest = rest[(end + 1)..];

            UInt128 token = cache is null ? Token(view.User) : CachedToken(cache, view.User);
            if ((ulong)(token >> 64) < KeptBelow)
            {
                counts.Add(view.Time, token, view.Page);
            }
        }

        counts.EndWindow();
        return counts.Counted;
    }

    private static UInt128 CachedToken(Dictionary<string, UInt128> cache, string user)
    {
        ref UInt128 token = ref CollectionsMarshal.GetValueRefOrAddDefault(cache, user, out bool known);
        if (!known)
        {
            token = Token(user);
        }

        return token;
    }

    private static UInt128 Token(string user)
    {
        Span<byte> utf8 = stackalloc byte[JsonLines.LineBytes];
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        int length = Encoding.UTF8.GetBytes(user, utf8);
        HMACSHA256.HashData(PipelineJob.Key, utf8[..length], digest);
        return MemoryMarshal.Read<UInt128>(digest);
    }
}
