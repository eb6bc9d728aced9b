using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Tests.Support;

namespace AkkaPrivacy.Tests.Simulation;

/// <summary>What becomes of a row in each step, the obvious way.</summary>
internal static class SimPlainSteps
{
    private static readonly byte[] Key = InMemoryKeyRing.Derive("secret of a test", "analytics");

    public static Token TokenOf(string user)
    {
        var digest = HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes(user));
        return new Token(BitConverter.ToUInt64(digest, 0), BitConverter.ToUInt64(digest, 8));
    }

    /// <summary>The rows that reach the bounds.</summary>
    public static IEnumerable<SimRow> Through(SimBranch branch, SimRow row) =>
        branch.Steps.Aggregate<SimStep, IEnumerable<SimRow>>(
            branch.Arm is { } arm && arm != Arm(row) ? [] : [row], (rows, step) => [.. rows.SelectMany(each => Apply(step, each))]);

    /// <summary>The rows that a step takes out with a dead letter: of those that fail, or of those without a row of the table.</summary>
    public static IEnumerable<SimRow> LeftOut(SimBranch branch, SimRow row, bool failing)
    {
        for (var i = 0; i < branch.Steps.Length; i++)
        {
            var step = branch.Steps[i];
            if (failing ? step == SimStep.Throw : step is SimStep.EnrichOrDrop or SimStep.JoinOrDrop)
            {
                foreach (var each in Through(branch with { Steps = branch.Steps[..i] }, row).Where(each => !Apply(step, each).Any()))
                {
                    yield return each;
                }
            }
        }
    }

    private static int Arm(SimRow row) => row.Status == 200 ? 0 : row.Ms >= 50 ? 1 : 2;

    private static IEnumerable<SimRow> Apply(SimStep step, SimRow row) => step switch
    {
        SimStep.NoErrors => row.Status < 500 ? [row] : [],
        SimStep.Expand => row.Page == "/c" ? [] : [row, row with { Page = "/x" }],
        SimStep.Low => row.Status <= 301 ? [row] : [],
        SimStep.High => row.Status > 301 ? [row] : [],
        SimStep.Batch => row.Ms % 5 == 0 ? [] : [row with { Parity = row.Ms < 0 ? "" : row.Ms % 2 == 0 ? "even" : "odd" }],
        SimStep.Affine => [row with { Ms = (2 * row.Ms) - 3 }],
        SimStep.Sample => Share(row) >= 1 - SimTables.Rate ? [row] : [],
        SimStep.Trace => Randomness(row.Trace) >= 1 - SimTables.TraceRate ? [row] : [],
        SimStep.Weigh => Weigh(row),
        SimStep.Enrich => [row with { Section = SimTables.Sections.GetValueOrDefault(row.Page, "") }],
        SimStep.EnrichOrDefault => [row with { Section = SimTables.Sections.GetValueOrDefault(row.Page, "other") }],
        SimStep.EnrichOrDrop => SimTables.Sections.TryGetValue(row.Page, out var section) ? [row with { Section = section }] : [],
        SimStep.Join => [row with { Tier = Tier(row) ?? "" }],
        SimStep.JoinOrDrop => Tier(row) is { } tier ? [row with { Tier = tier }] : [],
        SimStep.Throw => row is { Page: "/b", Status: 301 } ? [] : [row],
        _ => [row],
    };

    // The lowest 56 bits as a share of all of them; nothing is as little as there is.
    private static double Randomness(string trace) =>
        trace.Length is 14 or 32 && BigInteger.TryParse("0" + trace, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var id)
            ? (double)(id % BigInteger.Pow(2, 56)) / Math.Pow(2, 56)
            : 0;

    private static IEnumerable<SimRow> Weigh(SimRow row)
    {
        var weight = Math.Clamp(SimTables.Weights.GetValueOrDefault(row.Page, 1), 1, SimTables.LargestWeight);
        return Share(row) >= 1 - (1.0 / weight) ? [row with { Weight = weight }] : [];
    }

    private static string? Tier(SimRow row) =>
        SimTables.Tiers.Where(version => version.Page == row.Page && version.From <= row.EventMs).OrderBy(version => version.From).Select(version => version.Tier).LastOrDefault();

    /// <summary>Where a subject lies between 0 and 1: the finaliser of SplitMix64 over its token.</summary>
    public static double Share(SimRow row)
    {
        var mixed = TokenOf(row.User).High;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return ((mixed ^ (mixed >> 31)) >> 11) / (double)(1L << 53);
    }
}
