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

    /// <summary>Whether a user is in the sample.</summary>
    /// <param name="token">The user's token.</param>
    /// <returns>True for half of them.</returns>
    public static bool Keeps(UInt128 token) => (ulong)(token >> 64) < KeptBelow;

    /// <inheritdoc />
    public long Run(ReadOnlyMemory<byte> jsonLines, int events)
    {
        var counts = new PageCounts();
        var tokens = new Tokens(cached);
        ReadOnlySpan<byte> rest = jsonLines.Span;
        for (int i = 0; i < events; i++)
        {
            int end = rest.IndexOf((byte)'\n');
            PageView view = PageView.Parse(rest[..end]);
            rest = rest[(end + 1)..];

            UInt128 token = tokens.Of(view.User);
            if (Keeps(token))
            {
                counts.Add(view.Time, token, view.Page);
            }
        }

        counts.EndWindow();
        return counts.Counted;
    }

    /// <summary>Makes tokens.</summary>
    /// <param name="cached">Whether they are remembered.</param>
    internal sealed class Tokens(bool cached)
    {
        private readonly Dictionary<string, UInt128>? _cache = cached ? [] : null;

        /// <summary>A user's token.</summary>
        /// <param name="user">The user.</param>
        /// <returns>The first half of the digest.</returns>
        public UInt128 Of(string user)
        {
            if (_cache is null)
            {
                return Make(user);
            }

            ref UInt128 token = ref CollectionsMarshal.GetValueRefOrAddDefault(_cache, user, out bool known);
            if (!known)
            {
                token = Make(user);
            }

            return token;
        }

        private static UInt128 Make(string user)
        {
            Span<byte> utf8 = stackalloc byte[JsonLines.LineBytes];
            Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
            int length = Encoding.UTF8.GetBytes(user, utf8);
            HMACSHA256.HashData(PipelineJob.Key, utf8[..length], digest);
            return MemoryMarshal.Read<UInt128>(digest);
        }
    }
}
