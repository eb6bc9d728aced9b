using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Windows;

namespace AkkaPrivacy.Tests.Operators.KeySelection;

/// <summary>A query for which nodes of selection and noise can be planned.</summary>
internal static class NoiseQueries
{
    public static QueryPlan Of(int groups) => new()
    {
        Name = "q",
        Aggregate = AggregateKind.DistinctSubjects,
        SumIndex = -1,
        Bounded = new BoundedWindowPlan
        {
            Group = string.Empty,
            SubjectSlot = 0,
            GroupBy = [],
            KnownKeys = null,
            Bounds = new ContributionBounds { Groups = groups },
            Sums = [],
            WindowMs = 1,
            SlideMs = 1,
            PeriodMs = 1,
        },
    };
}
