using System.Globalization;
using System.Text;
using AkkaPrivacy.Engine.Batches;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;
using AkkaPrivacy.Engine.Stages;

namespace AkkaPrivacy.Operators.Split;

/// <summary>Keeps the rows of one branch of a split: those for which its condition holds and no earlier one does.</summary>
/// <param name="name">The branch's name, for errors.</param>
/// <param name="condition">Its condition.</param>
/// <param name="earlier">The conditions of the branches before it.</param>
public sealed class BranchOperator(string name, BranchCondition condition, IReadOnlyList<BranchCondition> earlier) : RowOperator
{
    /// <inheritdoc />
    public override string Kind => "split";

    /// <inheritdoc />
    public override RowPlan? Plan(RowSchema input, PlanErrors errors)
    {
        var before = errors.All.Count;
        foreach (var each in earlier.Append(condition))
        {
            Check(each, input, errors);
        }

        if (errors.All.Count > before)
        {
            return null;
        }

        ResolvedCondition[] all = [.. earlier.Append(condition).Select(each => new ResolvedCondition(each, input))];
        return new RowPlan(
            input,
            () => new BranchStage(all),
            $"split({string.Join(" | ", earlier.Append(condition).Select(each => each.Description))})",
            Stability.OneToOne);
    }

    private void Check(BranchCondition each, RowSchema input, PlanErrors errors)
    {
        if (each.Field is not { } field)
        {
            return;
        }

        if (input.Find(field) is not { } column)
        {
            errors.Add(this, $"there is no field '{field}' to split by; there are {input.Names()}");
        }
        else if (column.IsRaw || column.Type is not (ColumnType.Text or ColumnType.Int64))
        {
            errors.Add(this, $"field '{field}' is {(column.IsRaw ? "an identifier in the clear" : $"of type {column.Type}")}; branch '{name}' splits by a text or a whole number");
        }
        else if (column.Type == ColumnType.Text && (each.AtLeast ?? each.AtMost) is not null)
        {
            errors.Add(this, $"field '{field}' is a text; at-least and at-most compare numbers");
        }
        else if (column.Type == ColumnType.Int64 && each.In.FirstOrDefault(value => !long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _)) is not null)
        {
            errors.Add(this, $"field '{field}' is a whole number; so is each value of 'in' of branch '{name}'");
        }
    }
}

/// <summary>A condition with its column.</summary>
internal sealed class ResolvedCondition
{
    private readonly int _slot;
    private readonly bool _isText;
    private readonly byte[][] _texts;
    private readonly HashSet<long> _numbers;
    private readonly long _least;
    private readonly long _most;

    public ResolvedCondition(BranchCondition condition, RowSchema schema)
    {
        IsAlways = condition.Field is null;
        _slot = IsAlways ? -1 : schema.IndexOf(condition.Field!);
        _isText = !IsAlways && schema.Find(condition.Field!)!.Type == ColumnType.Text;
        _texts = _isText ? [.. condition.In.Select(Encoding.UTF8.GetBytes)] : [];
        _numbers = _isText ? [] : [.. condition.In.Select(value => long.Parse(value, CultureInfo.InvariantCulture))];
        (_least, _most) = (condition.AtLeast ?? long.MinValue + 1, condition.AtMost ?? long.MaxValue);
    }

    public bool IsAlways { get; }

    /// <summary>The rows of a word of the selection for which it holds.</summary>
    public ulong Holds(EventBatch batch, int word, ulong rows)
    {
        if (IsAlways)
        {
            return rows;
        }

        var holds = 0UL;
        for (var rest = rows; rest != 0; rest &= rest - 1)
        {
            var bit = System.Numerics.BitOperations.TrailingZeroCount(rest);
            var row = (word << 6) + bit;
            holds |= (_isText ? HoldsText(batch.Text(_slot), row) : HoldsNumber(batch.Int64(_slot).Values[row])) ? 1UL << bit : 0;
        }

        return holds;
    }

    private bool HoldsText(TextColumn column, int row)
    {
        if (column.Spans[row].IsMissing)
        {
            return false;
        }

        var text = column[row];
        foreach (var value in _texts)
        {
            if (text.SequenceEqual(value))
            {
                return true;
            }
        }

        return _texts.Length == 0;
    }

    // A missing number is the smallest of all and below every bound.
    private bool HoldsNumber(long number) => number >= _least && number <= _most && (_numbers.Count == 0 || _numbers.Contains(number));
}

/// <summary>Deselects the rows of other branches.</summary>
internal sealed class BranchStage(ResolvedCondition[] conditions) : RowStage
{
    protected override void Process(EventBatch batch)
    {
        var words = batch.Selection;
        for (var word = 0; word < words.Length; word++)
        {
            var left = words[word];
            for (var i = 0; i < conditions.Length - 1 && left != 0; i++)
            {
                left &= ~conditions[i].Holds(batch, word, left);
            }

            words[word] = left == 0 ? 0 : conditions[^1].Holds(batch, word, left);
        }
    }
}
