using System.Runtime.CompilerServices;
using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Operators.Bound;

/// <summary>The order in which a subject's groups are kept: smallest first.</summary>
internal static class GroupPriority
{
    private const ulong FirstFactor = 0xBF58476D1CE4E5B9;
    private const ulong SecondFactor = 0x94D049BB133111EB;

    /// <summary>Mixes the subject, the group and the window into one number. It depends on nothing else, so a subject's
    /// kept groups are the same in any order of arrival, in any lane and after a restart, and differ between windows.</summary>
    /// <param name="token">The subject.</param>
    /// <param name="stableHash">The group's stable hash.</param>
    /// <param name="windowStartMs">The window's start.</param>
    /// <returns>The priority; the finishing steps are those of SplitMix64 (Steele, Lea, Flood 2014).</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Of(Token token, ulong stableHash, long windowStartMs)
    {
        var z = (token.Low ^ stableHash) * FirstFactor;
        z ^= z >> 32;
        z = (z ^ token.High ^ ((ulong)windowStartMs * 0x9E3779B97F4A7C15)) * FirstFactor;
        z = (z ^ (z >> 27)) * SecondFactor;
        return z ^ (z >> 31);
    }
}
