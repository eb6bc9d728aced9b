using System.CommandLine;
using AkkaPrivacy.LoadTests.Measuring;
using AkkaPrivacy.Operators.Tokenize;

namespace AkkaPrivacy.LoadTests.Compare.Hmac;

/// <summary><c>compare hmac</c>: tokens from short identifiers.</summary>
internal static class HmacComparison
{
    private static readonly (string Name, HmacPath Path)[] Variants =
    [
        ("avx512", HmacPath.Lanes512),
        ("avx2", HmacPath.Lanes256),
        ("scalar", HmacPath.Scalar),
    ];

    /// <summary>Builds the command.</summary>
    /// <returns>The command.</returns>
    public static Command CreateCommand() => new ComparisonCommand(
        "hmac",
        $"Make {HmacSha256MultiBuffer.TokenBytes}-byte HMAC-SHA-256 tokens of {HmacWorkload.MessageBytes}-byte inputs, on one thread.",
        """

        hmac-batch       the product's kernel on the widest vectors that the processor has
        avx512, avx2, scalar
                         the same kernel held to one width; those that the processor lacks are left out. Where it
                         has AVX-512, the runtime uses some of its instructions for avx2 too: set
                         DOTNET_EnableAVX512=0 to see a processor without it
        HashData         baseline: HMACSHA256.HashData per input
        IncrementalHash  baseline: one IncrementalHash, reused
        """,
        _ => Contenders());

    private static List<Contender> Contenders()
    {
        var workload = new HmacWorkload();
        List<Contender> contenders = [new("hmac-batch", ContenderRole.Subject, () => workload.Batch(HmacPath.Auto))];
        contenders.AddRange(Variants
            .Where(variant => HmacSha256MultiBuffer.IsSupported(variant.Path))
            .Select(variant => new Contender(variant.Name, ContenderRole.Variant, () => workload.Batch(variant.Path))));
        contenders.Add(new Contender("HashData", ContenderRole.Baseline, workload.HashData));
        contenders.Add(new Contender("IncrementalHash", ContenderRole.Baseline, workload.Incremental));
        RequireSameTokens(contenders, workload);
        return contenders;
    }

    // A kernel that is fast and wrong would win.
    private static void RequireSameTokens(List<Contender> contenders, HmacWorkload workload)
    {
        workload.HashData();
        UInt128[] expected = [.. workload.Tokens];
        foreach (Contender contender in contenders)
        {
            Array.Clear(workload.Tokens);
            contender.Pass();
            if (!workload.Tokens.AsSpan().SequenceEqual(expected))
            {
                throw new InvalidOperationException($"{contender.Name} makes other tokens than HMACSHA256.HashData.");
            }
        }
    }
}
