using System.Globalization;
using AkkaPrivacy.TestKit.Rows;

namespace AkkaPrivacy.TestKit.Stages;

/// <summary>A row that a stage has pushed, read before its batch went back to the pool.</summary>
/// <param name="Time">Its event time.</param>
/// <param name="Position">Its number in the input, from 1, as far as the stage has kept it.</param>
/// <param name="Values">Its columns by name: texts, whole numbers, names of subjects; null is missing.</param>
public sealed record ProbeRow(DateTimeOffset Time, long Position, IReadOnlyDictionary<string, object?> Values)
{
    /// <summary>A column's value.</summary>
    /// <param name="column">The column's name.</param>
    /// <returns>The value; null when it is missing.</returns>
    /// <exception cref="KeyNotFoundException">There is no such column behind the stage.</exception>
    public object? this[string column] => Values[column];

    /// <summary>Time and values, without the position.</summary>
    /// <returns>The text.</returns>
    public override string ToString() =>
        $"{Instants.Text(Time)} {string.Join(' ', Values.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={Convert.ToString(pair.Value, CultureInfo.InvariantCulture) ?? "(missing)"}"))}";
}
