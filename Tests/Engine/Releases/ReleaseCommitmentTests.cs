using AkkaPrivacy.Engine.Releases;
using AkkaPrivacy.Engine.Time;
using Xunit;

namespace AkkaPrivacy.Tests.Engine.Releases;

public sealed class ReleaseCommitmentTests
{
    private static readonly ReleaseId Id = new("tenant/site/logs", "pipe", "q", "0123456789abcdef", new TimeWindow(1709251200000, 1709254800000));

    private static readonly DrawnValues Values = new()
    {
        Aggregate = "count",
        Mechanism = "discrete-laplace(scale=20)",
        GroupBy = ["path"],
        Groups = [new ReleasedGroup(["/a?b=\"1\"&c=é\U0001F600"], 1, -0.50m, 2.5m)],
        Confidence = 0.95,
    };

    [Fact]
    public void It_is_the_sha_256_of_the_documented_items()
    {
        // Made by another program from the description alone; it is stored in ledgers: never edit it.
        Assert.Equal("539ce5cdae9ba8c509d6fc6326790fd879c224eed8518d780a6802c42e339ddb", ReleaseCommitment.Of(Id, Values));
    }

    [Fact]
    public void It_does_not_depend_on_how_a_number_is_written()
    {
        var group = Values.Groups[0];
        Assert.Equal(ReleaseCommitment.Of(Id, Values), ReleaseCommitment.Of(Id, Values with { Groups = [group with { Value = 1.000m, Low = -0.5m, High = 2.50m }] }));
        var zero = Values with { Groups = [group with { Value = 0m }] };
        Assert.Equal(ReleaseCommitment.Of(Id, zero), ReleaseCommitment.Of(Id, Values with { Groups = [group with { Value = -0.00m }] }));
    }

    [Fact]
    public void Each_part_counts_and_none_runs_into_the_next()
    {
        var group = Values.Groups[0];
        DrawnValues[] all =
        [
            Values,
            Values with { Aggregate = "sum" },
            Values with { Mechanism = "discrete-laplace(scale=2)" },
            Values with { Confidence = 0.9 },
            Values with { GroupBy = ["page"] },
            Values with { GroupBy = ["pa", "th"], Groups = [group with { Key = ["a", "b"] }] },
            Values with { GroupBy = ["pa", "th"], Groups = [group with { Key = ["ab", ""] }] },
            Values with { Groups = [] },
            Values with { Groups = [group, group] },
            Values with { Groups = [group with { Value = 1.01m }] },
            Values with { Groups = [group with { Low = 0 }] },
            Values with { Groups = [group with { High = 3 }] },
            Values with { Groups = [group with { StandardError = 0 }] },
            Values with { Groups = [group with { StandardError = double.Epsilon }] },
        ];
        var found = all.Select(values => ReleaseCommitment.Of(Id, values)).Append(ReleaseCommitment.Of(Id with { Query = "r" }, Values)).ToList();
        Assert.Equal(found.Count, found.Distinct().Count());
    }
}
