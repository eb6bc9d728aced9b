namespace AkkaPrivacy.Tests.Simulation;

/// <summary>Draws the branches of a graph: bounded windows, what rows go through first, and on which arm of a split they hang.</summary>
internal static class SimBranches
{
    private const int MostBranches = 4;

    // Steps that stand before any window and add nothing that it needs.
    private static readonly SimStep[] Anywhere =
        [SimStep.NoErrors, SimStep.Expand, SimStep.Low, SimStep.High, SimStep.Affine, SimStep.Sample, SimStep.Trace, SimStep.TraceAll, SimStep.Throw, SimStep.Trip, SimStep.EnrichOrDrop, SimStep.Join];

    /// <summary>Draws some of all kinds.</summary>
    public static IReadOnlyList<SimBranch> Draw(Random random, bool isSparse)
    {
        var all = All(random, isSparse);
        random.Shuffle(all);
        var branches = all.Take(random.Next(1, MostBranches + 1)).ToArray();
        var hasArms = random.Next(3) == 0;
        for (var i = 0; i < branches.Length; i++)
        {
            var steps = Steps(random, branches[i].Steps).Where(step => branches[i].Adapt is null || Adds(step) != 'r');
            branches[i] = branches[i] with { Steps = [.. steps], Arm = hasArms && i > 0 && random.Next(2) == 0 ? random.Next(3) : null };
        }

        return branches;
    }

    private static SimBranch[] All(Random random, bool isSparse)
    {
        string[][] statuses = [["200"], ["301"], ["404"]];
        string[][] pairs = [["/a", "200"], ["/b", "200"], ["/b", "404"], ["/zz", "500"]];
        return
        [
            Branch([], null, 1, new SimQuery("visitors", 'd'), new SimQuery("hits", 'c')),
            Branch(["status"], statuses, random.Next(1, 3), new SimQuery("by-status", 'c'), new SimQuery("ms", 's')),
            Branch(["page"], null, random.Next(1, 3), new SimQuery("pages", 'c')),
            Branch(["first-page"], [["/a"], ["/b"]], 2, new SimQuery("visits", 'c'), new SimQuery("events", 's')) with
            {
                Gap = TimeSpan.FromMinutes(random.Next(1, 60)),
                MaxLength = TimeSpan.FromHours(new[] { 1, 3, 12, 24 }[random.Next(4)]),
            },
            Branch(["page", "status"], pairs, random.Next(1, 4), new SimQuery("pairs", 'd')),
            Branch(["section"], random.Next(2) == 0 ? [["news"], ["other"]] : null, random.Next(1, 3), new SimQuery("sections", 'c'), new SimQuery("section-ms", 's')) with
            {
                Steps = [random.Next(2) == 0 ? SimStep.Enrich : SimStep.EnrichOrDefault],
            },
            Branch(["tier", "status"], null, random.Next(1, 4), new SimQuery("tiers", 'd')) with { Steps = [random.Next(2) == 0 ? SimStep.Join : SimStep.JoinOrDrop] },
            Branch(["parity"], [["even"], ["odd"]], random.Next(1, 3), new SimQuery("parity", 's')) with { Steps = [SimStep.Batch] },
            Branch(["page"], random.Next(2) == 0 ? [["/a"], ["/x"]] : null, random.Next(1, 3), new SimQuery("weighted", 'w')) with { Steps = [SimStep.Weigh] },
            Adapted(Branch(["page"], random.Next(2) == 0 ? [["/a"], ["/x"]] : null, random.Next(1, 3), new SimQuery("by-page", 'a'))),
            Adapted(Branch(["status"], statuses, random.Next(1, 3), new SimQuery("adapted", 'a'))),
            Adapted(Branch([], null, 1, new SimQuery("whole", 'a'))),
            Running(Branch(["status"], statuses, random.Next(1, 3), new SimQuery("running", 'r'), new SimQuery("running-ms", 't'))),
            Limited(Branch(["page"], null, random.Next(1, 3), new SimQuery("limited", 'c')) with { MaxGroups = random.Next(1, 4) }),
        ];

        SimBranch Branch(string[] groupBy, string[][]? known, int groups, params SimQuery[] queries)
        {
            var window = isSparse ? TimeSpan.FromHours(random.Next(2) == 0 ? 12 : 24) : TimeSpan.FromMinutes(new[] { 10, 30, 60, 120 }[random.Next(4)]);
            var panes = random.Next(3) == 0 ? random.Next(2) == 0 ? 2 : 5 : 1;
            var perPeriod = ((TimeSpan.FromDays(1) - window).Ticks / (window / panes).Ticks) + 1;
            return new SimBranch(groupBy, known, groups, random.Next(1, 4), random.Next(1, (int)Math.Min(panes > 1 ? 12 : 6, perPeriod) + 1), window, queries) { Panes = panes };
        }

        SimBranch Adapted(SimBranch branch) => branch with { Panes = 1, Windows = Math.Min(branch.Windows, (int)(TimeSpan.FromDays(1) / branch.Window)), Adapt = SimAdapt.Draw(random) };

        SimBranch Running(SimBranch branch) => branch with { Panes = 1, Window = isSparse ? TimeSpan.FromHours(12) : branch.Window, Windows = 1 + (branch.Windows % 2) };

        // A window that is given up uses up nobody's bound of windows, and whether a lane gave it up may depend on the order of
        // rows. So the bound of windows is none here.
        SimBranch Limited(SimBranch branch) => branch with { Panes = 1, Windows = (int)(TimeSpan.FromDays(1) / branch.Window) };
    }

    // Those that a window needs stand somewhere between others. Rows have weights once, and only some steps and queries know them.
    private static SimStep[] Steps(Random random, SimStep[] needed)
    {
        var steps = new List<SimStep>(needed);
        for (var count = random.Next(4); count > 0; count--)
        {
            var step = Anywhere[random.Next(Anywhere.Length)];
            if (!steps.Any(other => Adds(other) is var added && (other == step || (added != ' ' && added == Adds(step)))))
            {
                steps.Insert(random.Next(steps.Count + 1), step);
            }
        }

        return [.. steps];
    }

    // Which column a look-up adds, which it can once; and by whose randomness rows are kept, which goes once where rows have weights.
    private static char Adds(SimStep step) => step switch
    {
        SimStep.Enrich or SimStep.EnrichOrDrop or SimStep.EnrichOrDefault => 's',
        SimStep.Join or SimStep.JoinOrDrop => 't',
        SimStep.Sample or SimStep.Weigh => 'r',
        _ => ' ',
    };
}
