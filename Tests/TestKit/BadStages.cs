using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Tests.TestKit;

/// <summary>Stages that break a promise each.</summary>
internal static class BadStages
{
    public static RowOperator Of(string name, Stability? stability = null) => new Node(name, stability ?? Stability.OneToOne);

    private sealed class Node(string name, Stability stability) : RowOperator
    {
        public override string Kind => name;

        public override RowPlan Plan(RowSchema input, PlanErrors errors) => new(input, () => Create(input), name, stability);

        private Stage<EventBatch, EventBatch> Create(RowSchema input) => name switch
        {
            "every-third" => new EveryThird(),
            "forgetful" => new EveryThird(input.IndexOf("user")),
            "first-of-batch" => new FirstOfBatch(),
            "thrice" => new Thrice(),
            "holds-column" => new HoldsColumn(input.IndexOf("ms")),
            "holds-text" => new HoldsText(input.IndexOf("page")),
            "loses-batches" => new LosesBatches(),
            "twice-the-same" => new TwiceTheSame(),
            "next-day" => new NextDay(),
            "throws" => new Throws(),
            "renames" => new Renames(input.IndexOf("user")),
            _ => throw new ArgumentOutOfRangeException(nameof(name)),
        };
    }

    /// <summary>Counts rows, over all subjects or for each, and keeps the count to itself.</summary>
    private sealed class EveryThird(int? subject = null) : RowStage
    {
        private readonly Dictionary<Token, int> _rows = [];

        protected override void Process(EventBatch batch)
        {
            foreach (var row in batch.SelectedRows)
            {
                var key = subject is { } slot ? batch.Tokens(slot).Values[row] : default;
                _rows[key] = _rows.GetValueOrDefault(key) + 1;
                if (_rows[key] % 3 == 0)
                {
                    batch.Deselect(row);
                }
            }
        }
    }

    private sealed class FirstOfBatch : RowStage
    {
        protected override void Process(EventBatch batch) => batch.Deselect(0);
    }

    private sealed class Thrice : Stage<EventBatch, EventBatch>
    {
        public override void OnBatch(EventBatch element, IOutlet<EventBatch> outlet)
        {
            outlet.Push(element.Share());
            outlet.Push(element.Share());
            outlet.Push(element);
        }
    }

    /// <summary>Drops a row whose number is that of the row before it, which it looks up in a column that it gave back.</summary>
    private sealed class HoldsColumn(int slot) : RowStage
    {
        private Int64Column? _column;
        private int _row;

        protected override void Process(EventBatch batch)
        {
            var column = batch.Int64(slot);
            foreach (var row in batch.SelectedRows)
            {
                if (_column?.Values[_row] == column.Values[row])
                {
                    batch.Deselect(row);
                }

                (_column, _row) = (column, row);
            }
        }
    }

    /// <summary>Reads the text of the row before, also when its batch was given back.</summary>
    private sealed class HoldsText(int slot) : RowStage
    {
        private TextColumn? _column;

        protected override void Process(EventBatch batch)
        {
            _ = _column?.Arena.Length;
            _column = batch.Text(slot);
        }
    }

    private sealed class LosesBatches : Stage<EventBatch, EventBatch>
    {
        public override void OnBatch(EventBatch element, IOutlet<EventBatch> outlet)
        {
            if (element.Count % 2 == 0)
            {
                outlet.Push(element);
            }
        }
    }

    private sealed class TwiceTheSame : Stage<EventBatch, EventBatch>
    {
        public override void OnBatch(EventBatch element, IOutlet<EventBatch> outlet)
        {
            outlet.Push(element);
            outlet.Push(element);
        }
    }

    private sealed class NextDay : RowStage
    {
        protected override void Process(EventBatch batch)
        {
            foreach (var row in batch.SelectedRows)
            {
                batch.Int64(RowSchema.EventTime).Values[row] += 24 * 3_600_000;
            }
        }
    }

    private sealed class Throws : RowStage
    {
        protected override void Process(EventBatch batch) => throw new InvalidOperationException("no");
    }

    /// <summary>Gives rows to the subject of the row before them.</summary>
    private sealed class Renames(int subject) : RowStage
    {
        protected override void Process(EventBatch batch)
        {
            var tokens = batch.Tokens(subject).Values;
            for (var row = batch.Count - 1; row > 0; row--)
            {
                tokens[row] = tokens[row - 1];
            }
        }
    }
}
