using AkkaPrivacy.Engine.Privacy;
using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;

namespace AkkaPrivacy.Tests.Connectors;

/// <summary>Releases to publish.</summary>
internal static class Releases
{
    private const long Hour = 3_600_000;

    public static Release Make(int window, params ReleasedGroup[] groups) => new()
    {
        Id = new ReleaseId("demo", "site", "page-views", "0123456789abcdef", new TimeWindow(window * Hour, (window + 1) * Hour)),
        Aggregate = "count",
        Mechanism = "discrete-laplace(scale=5)",
        GroupBy = ["page"],
        Groups = groups,
        Confidence = 0.95,
        Receipt = new Receipt
        {
            PeriodStartMs = 0,
            CompositionGroup = "g",
            MaxWindows = 1,
            Cost = PrivacyCost.Approximate(0.5, 1e-6),
            Charged = PrivacyCost.Approximate(0.5, 1e-6),
            SpentInPeriod = PrivacyCost.Approximate(0.5, 1e-6),
            LeftInPeriod = PrivacyCost.Approximate(1.5, 1e-6),
            LedgerVersion = 1,
            StoredAtMs = 1,
        },
    };

    public static ReleasedGroup Group(string key, decimal value) => new([key], value, value - 10, value + 10);
}
