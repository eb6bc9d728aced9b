using System.Globalization;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Ports;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Parse;

/// <summary>Checks and plans parsers.</summary>
internal static class ParsePlan
{
    /// <summary>The plan of a parser.</summary>
    /// <param name="node">The parser.</param>
    /// <param name="map">Its fields.</param>
    /// <param name="input">The columns that arrive.</param>
    /// <param name="errors">Where mistakes go.</param>
    /// <param name="create">Makes a stage of fields with their slots.</param>
    /// <param name="format">Options of the format that give values their meaning, for the plan hash.</param>
    /// <returns>The plan, or null when there were mistakes.</returns>
    public static RowPlan? Make(RowOperator node, DataMap map, RowSchema input, PlanErrors errors, Func<FieldTarget[], ParseStage> create, string format = "")
    {
        if (!IsSound(node, map, input, errors))
        {
            return null;
        }

        var output = input.Remove(LineSchema.Line);
        var slots = new List<(FieldDefinition Field, int Slot)>();
        foreach (var field in map.Fields)
        {
            slots.Add((field, output.NextSlot));
            output = output.Add(field.ToColumn());
        }

        var description = $"{node.Kind}({format}{string.Join(", ", map.Fields.Select(Describe))})";
        return new RowPlan(output, () => create([.. slots.Select(pair => new FieldTarget(pair.Field, pair.Slot))]), description, Stability.OneToOne);
    }

    private static bool IsSound(RowOperator node, DataMap map, RowSchema input, PlanErrors errors)
    {
        var before = errors.All.Count;
        if (input.IndexOf(LineSchema.Line) != LineSchema.LineSlot)
        {
            errors.Add(node, "a parser reads lines: it comes first, after a source of lines");
        }

        foreach (var (field, message) in map.Validate())
        {
            errors.Add(node, field.Length == 0 ? message : $"field '{field}': {message}");
        }

        return errors.All.Count == before;
    }

    private static string Describe(FieldDefinition field)
    {
        var from = field.From is null ? string.Empty : $"={field.From}";
        var type = field.Type == FieldType.Decimal
            ? string.Create(CultureInfo.InvariantCulture, $"decimal/{field.Resolution}")
            : field.Type.ToString().ToLowerInvariant();
        var role = field.Role == TimeRole.None ? string.Empty : $" {field.Role.ToString().ToLowerInvariant()}";
        return $"{field.Name}{from}:{type}{role}{(field.Required ? "!" : string.Empty)}";
    }
}
