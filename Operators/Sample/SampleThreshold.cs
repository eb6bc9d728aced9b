using AkkaPrivacy.Engine.Batches;

namespace AkkaPrivacy.Operators.Sample;

/// <summary>Decides by a token whether its subject is in the sample, as OpenTelemetry's consistent probability sampling
/// does (specification "TraceState: Probability Sampling", fields <c>rv</c> and <c>th</c>): keep when the 56-bit randomness
/// is at or above the rejection threshold (1 - rate) * 2^56.</summary>
internal readonly struct SampleThreshold
{
    /// <summary>The smallest rate: one value of 2^56.</summary>
    public const double MinRate = 1.0 / (1L << 56);

    private const double Range = 1L << 56;
    private readonly ulong _reject;

    /// <summary>The threshold of a rate.</summary>
    /// <param name="rate"><see cref="MinRate"/> to 1.</param>
    public SampleThreshold(double rate)
    {
        // Taken from 2^56 as a whole number: 1 - rate would round small rates away.
        _reject = (1UL << 56) - (ulong)Math.Round(rate * Range);
    }

    /// <summary>
    /// The 56-bit randomness of a token: the upper 56 bits of <see cref="Token.High"/> after a bijective mix
    /// (SplitMix64's finaliser; Steele, Lea, Flood 2014).
    /// </summary>
    /// <remarks>Lanes take the low 32 bits of <see cref="Token.High"/>, hash tables those and <see cref="Token.Low"/>. Were
    /// plain bits compared with the threshold, the subjects that are left could crowd into a part of the lanes or of a
    /// table's slots; after the mix they spread over all of them.</remarks>
    /// <param name="token">The token.</param>
    /// <returns>0 to 2^56 - 1.</returns>
    public static ulong Randomness(Token token)
    {
        var mixed = token.High;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (mixed ^ (mixed >> 31)) >> 8;
    }

    /// <summary>Whether the subject is in the sample.</summary>
    /// <param name="token">The subject's token.</param>
    /// <returns>True to keep its rows.</returns>
    public bool Keeps(Token token) => KeepsRandomness(Randomness(token));

    /// <summary>Whether something of this randomness is in the sample.</summary>
    /// <param name="randomness">0 to 2^56 - 1.</param>
    /// <returns>True to keep it.</returns>
    public bool KeepsRandomness(ulong randomness) => randomness >= _reject;

    /// <summary>The rejection threshold.</summary>
    public ulong Reject => _reject;

    /// <summary>Whether the subject is in a sample of rate 1 / weight. Nested like all others: who is kept at a weight is kept at
    /// every smaller one.</summary>
    /// <param name="token">The subject's token.</param>
    /// <param name="weight">1 or more.</param>
    /// <returns>True to keep its rows.</returns>
    public static bool Keeps(Token token, ulong weight) => Randomness(token) >= (1UL << 56) - ((1UL << 56) / weight);
}
