using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;
using AkkaPrivacy.Engine.Windows;
using AkkaPrivacy.Operators.CustomStages;

namespace AkkaPrivacy.Tests.RecordPlay;

/// <summary>Pipelines that do not keep what they declare, one for each bound.</summary>
internal static class Misdeclared
{
    private static readonly Dictionary<string, PlayBreak> Breaks = new()
    {
        ["one row more than Linf"] = Bounds(bounds => bounds with { RowsPerGroup = bounds.RowsPerGroup + 1 }),
        ["one group more than L0"] = Bounds(bounds => bounds with { Groups = bounds.Groups + 1 }),
        ["one window more than W"] = Bounds(bounds => bounds with { Windows = bounds.Windows + 1 }),
        ["sums clamped one unit above"] = new PlayBreak { Bounds = plan => plan with { Sums = [.. plan.Sums.Select(sum => sum with { Upper = sum.Upper + 1 })] } },
        ["sums clamped one unit below"] = new PlayBreak { Bounds = plan => plan with { Sums = [.. plan.Sums.Select(sum => sum with { Lower = sum.Lower - 1 })] } },
        ["statistics of a wider range"] = new PlayBreak { Bounds = plan => plan with { Derived = [.. plan.Derived.Select(column => column with { Upper = column.Upper == long.MaxValue ? column.Upper : column.Upper + 8 })] } },
        ["noise for one group less"] = new PlayBreak { Noise = query => query with { Bounded = query.Bounded with { Bounds = query.Bounded.Bounds with { Groups = Math.Max(1, query.Bounded.Bounds.Groups - 1) } } } },
        ["noise for a quarter of the subjects reached"] = new PlayBreak { Noise = query => query with { Stability = Math.Max(1, query.Stability / 4) }, Shows = given => given.Moves == PlayMoves.Spread },
        ["noise of totals for one window"] = new PlayBreak { Noise = query => query with { Bounded = query.Bounded with { Bounds = query.Bounded.Bounds with { Windows = 1 } } }, IsOfTotals = true },
        ["declares one row and makes two"] = new PlayBreak { Stage = new Doubling() },
        ["declares one subject and reaches all"] = new PlayBreak { Stage = Spread() },
        ["samples by place in the batch"] = new PlayBreak { Stage = new EverySecond() },
        ["drops rows that follow another subject's"] = new PlayBreak { Stage = new AfterOthers() },
        ["noise of numbers of one row"] = new PlayBreak { Noise = query => query.Part is null && query.SumIndex < 0 ? query with { Bounded = query.Bounded with { Bounds = query.Bounded.Bounds with { RowsPerGroup = 1 } } } : query },
    };

    public static IEnumerable<string> Names => Breaks.Keys;

    public static PlayBreak Of(string name) => Breaks[name];

    private static PlayBreak Bounds(Func<ContributionBounds, ContributionBounds> change) => new() { Bounds = plan => plan with { Bounds = change(plan.Bounds) } };

    // Declares that the rows of a subject go to one other, and sends them to many.
    private static CustomOperator Spread() => Custom.Batch(
        "misdeclared",
        Stability.AcrossSubjects(1),
        batch =>
        {
            var from = batch.Tokens("user");
            var to = batch.NewTokens("user");
            var numbers = batch.Int64("ms");
            for (var i = 0; i < from.Length; i++)
            {
                to[i] = new Token(11, (ulong)(numbers[i] & 15) + 1);
            }
        },
        [new CustomColumn("user", ColumnType.Token)]);

    /// <summary>Test code that touches batches as the product's own stages do.</summary>
    private abstract class Lying(string name) : RowOperator
    {
        public override string Kind => name;

        public override RowPlan Plan(RowSchema input, PlanErrors errors) =>
            new(input, () => new LyingStage(batch => Process(batch, batch.Tokens(input.IndexOf("user")).Values)), name, Stability.OneToOne);

        protected abstract void Process(EventBatch batch, Span<Token> tokens);

        private sealed class LyingStage(Action<EventBatch> process) : RowStage
        {
            protected override void Process(EventBatch batch) => process(batch);
        }
    }

    /// <summary>Every row goes on twice, the second time as a row of another subject.</summary>
    private sealed class Doubling : RowOperator
    {
        public override string Kind => "doubling";

        public override RowPlan Plan(RowSchema input, PlanErrors errors) => new(input, () => new DoublingStage(input.IndexOf("user")), "doubling", Stability.OneToOne);

        private sealed class DoublingStage(int subject) : Stage<EventBatch, EventBatch>
        {
            public override void OnBatch(EventBatch element, IOutlet<EventBatch> outlet)
            {
                var copy = element.Share();
                var others = copy.Pool.RentTokens();
                for (var row = 0; row < element.Count; row++)
                {
                    others.Values[row] = new Token(13, element.Tokens(subject).Values[row].Low & 1);
                }

                copy.Drop(subject);
                copy.Set(subject, others);
                outlet.Push(element);
                outlet.Push(copy);
            }
        }
    }

    private sealed class EverySecond() : Lying("every-second")
    {
        protected override void Process(EventBatch batch, Span<Token> tokens)
        {
            var kept = false;
            foreach (var row in batch.SelectedRows)
            {
                kept = !kept;
                if (!kept)
                {
                    batch.Deselect(row);
                }
            }
        }
    }

    private sealed class AfterOthers() : Lying("after-others")
    {
        protected override void Process(EventBatch batch, Span<Token> tokens)
        {
            foreach (var row in batch.SelectedRows)
            {
                if (row > 0 && (tokens[row - 1].Low & 1) == 1)
                {
                    batch.Deselect(row);
                }
            }
        }
    }
}
