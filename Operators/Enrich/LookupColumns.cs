using System.Text.RegularExpressions;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Planning;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Enrich;

/// <summary>What a look-up adds to rows, checked against them; the same for static tables and tables with versions.</summary>
internal sealed partial class LookupColumns(
    GraphNode node, string field, LookupTableOptions table, MissingKey missing, IReadOnlyDictionary<string, string> defaults)
{
    private const int MostRows = 50_000_000;

    /// <summary>Key, columns with their treatments, and what is done without a row; for the plan hash. The file's path is not in it.</summary>
    public string Description => $"table={table.Name},key={table.Key},columns=[{string.Join(';', table.Columns.Select(Describe))}],missing={missing},"
        + $"defaults=[{string.Join(';', DefaultTexts().Select(text => text is null ? "-" : Convert.ToHexStringLower(System.Text.Encoding.UTF8.GetBytes(text))))}]";

    public IReadOnlyList<string?> DefaultTexts() => [.. table.Columns.Select(column => missing == MissingKey.Default ? defaults.GetValueOrDefault(column.Name) : null)];

    /// <summary>Columns of a class that demands a treatment are raw until it is applied, right behind the look-up.</summary>
    public RowSchema Output(RowSchema input) => table.Columns.Aggregate(input, (schema, column) => schema.Add(column.ToColumn()));

    public LookupLayout Layout(RowSchema input)
    {
        var output = Output(input);
        return new LookupLayout(
            input.IndexOf(field),
            input.Find(field)!.Type,
            [.. table.Columns.Select(column => output.IndexOf(column.Name))],
            missing);
    }

    public void Check(RowSchema input, PlanErrors errors)
    {
        CheckKey(input, errors);
        if (!NamePattern().IsMatch(table.Name))
        {
            errors.Add(node, "a table's name is 1 to 64 characters of a-z A-Z 0-9 _ -");
        }

        if (table.MaxRows is < 1 or > MostRows)
        {
            errors.Add(node, $"max-rows {table.MaxRows} is out of range; it must be from 1 to {MostRows}");
        }

        if (table.Columns.Count == 0)
        {
            errors.Add(node, $"table '{table.Name}' adds no column; name one or more");
        }

        foreach (var column in table.Columns)
        {
            CheckColumn(column, input, errors);
        }

        foreach (var unknown in defaults.Keys.Where(name => table.Columns.All(column => column.Name != name)))
        {
            errors.Add(node, $"a default is given for '{unknown}', which is none of the columns");
        }
    }

    private void CheckKey(RowSchema input, PlanErrors errors)
    {
        if (input.Find(field) is not { } column)
        {
            errors.Add(node, $"there is no field '{field}' to look up; there are {input.Names()}");
        }
        else if (column.IsRaw)
        {
            errors.Add(node, $"field '{field}' is an identifier in the clear; treat it first");
        }
        else if (column.Type is not (ColumnType.Text or ColumnType.Int64))
        {
            errors.Add(node, $"field '{field}' is of type {column.Type}; a key is a text or a whole number");
        }
    }

    private void CheckColumn(FieldDefinition column, RowSchema input, PlanErrors errors)
    {
        if (column.Type == FieldType.Time)
        {
            errors.Add(node, $"column '{column.Name}' is a time; a table adds texts and numbers");
        }

        if (input.Find(column.Name) is not null || table.Columns.Count(other => other.Name == column.Name) > 1)
        {
            errors.Add(node, $"column '{column.Name}' is there already; give it another name");
        }

        // The same rules as for a field of the data map; a time stands in for the one that a whole map must have.
        var map = new DataMap([column, new FieldDefinition { Name = "event-time", Type = FieldType.Time, Class = FieldClass.Time, Role = TimeRole.Event }]);
        foreach (var (_, message) in map.Validate().Where(mistake => mistake.Field == column.Name))
        {
            errors.Add(node, $"column '{column.Name}': {message}");
        }
    }

    private static string Describe(FieldDefinition column) =>
        FormattableString.Invariant($"{column.Name}:{column.SourceName}:{column.Type}:{column.Class}:{column.Resolution}:{column.Treatment?.Description}");

    [GeneratedRegex(@"\A[a-zA-Z0-9_-]{1,64}\z")]
    private static partial Regex NamePattern();
}

/// <summary>Where a look-up stage finds its key and puts its columns.</summary>
internal sealed record LookupLayout(int KeySlot, ColumnType KeyType, int[] Slots, MissingKey Missing);
