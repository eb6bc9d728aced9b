using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;

namespace AkkaPrivacy.TestKit.Assertions;

/// <summary>Costs in words and numbers.</summary>
internal static class Costs
{
    // Ledgers count in whole units; a test writes decimal fractions.
    private const double Tolerance = 1e-9;

    public static bool IsSame(PrivacyCost cost, double loss, double delta) =>
        Math.Abs(cost.Epsilon - loss) <= Tolerance && Math.Abs(cost.Delta - delta) <= Tolerance * 1e-6;

    public static string Text(double loss, double delta) => FormattableString.Invariant($"{loss}") + (delta > 0 ? FormattableString.Invariant($" with delta {delta}") : string.Empty);

    public static string Ledger(IEnumerable<Release> releases, long periodMs) => string.Concat(releases
        .Where(release => release.Receipt.PeriodStartMs == periodMs)
        .OrderBy(release => release.Receipt.LedgerVersion)
        .Select(release => $"{Environment.NewLine}  '{release.Id.Query}' {release.Id.Window} charged {release.Receipt.Charged}, then spent {release.Receipt.SpentInPeriod}"));
}
