using System.Text.RegularExpressions;

namespace AkkaPrivacy.Engine.Schemas;

/// <summary>
/// Every field that a pipeline may look at, with its class and treatment. A field of the source that is not
/// here is dropped and counted.
/// </summary>
/// <param name="fields">The fields, in order; names are unique.</param>
public sealed partial class DataMap(IReadOnlyList<FieldDefinition> fields)
{
    /// <summary>The fields.</summary>
    public IReadOnlyList<FieldDefinition> Fields { get; } = fields;

    /// <summary>A field by its name, or null.</summary>
    /// <param name="name">The name.</param>
    /// <returns>The field.</returns>
    public FieldDefinition? Find(string name) => Fields.FirstOrDefault(field => field.Name == name);

    /// <summary>All mistakes at once, each with the field's name and what is allowed.</summary>
    /// <returns>Pairs of field name (empty for the map as a whole) and message; empty when the map is sound.</returns>
    public IEnumerable<(string Field, string Message)> Validate()
    {
        var seen = new HashSet<string>();
        foreach (var field in Fields)
        {
            foreach (var message in Validate(field, seen))
            {
                yield return (field.Name, message);
            }
        }

        if (Fields.Count(field => field.Role == TimeRole.Event) != 1)
        {
            yield return (string.Empty, "exactly one field must have class 'time' and role 'event'");
        }

        if (Fields.Count(field => field.Role == TimeRole.Arrival) > 1)
        {
            yield return (string.Empty, "at most one field may have the role 'arrival'");
        }
    }

    private static IEnumerable<string> Validate(FieldDefinition field, HashSet<string> seen)
    {
        if (!NamePattern().IsMatch(field.Name))
        {
            yield return "a field name is 1 to 64 characters of a-z A-Z 0-9 _ -";
        }

        if (!seen.Add(field.Name))
        {
            yield return "the field is defined twice";
        }

        if (field.NeedsTreatment && field.Treatment is null)
        {
            yield return $"a field of class {Words(field.Class)} needs a treatment: tokenize, generalise or drop it";
        }
        else if (field.NeedsTreatment && !field.Treatment!.SufficesFor(field.Class))
        {
            yield return $"treatment {field.Treatment.Description} is too weak for a field of class {Words(field.Class)}";
        }

        if (field.Class == FieldClass.Measure && field.Type is FieldType.Text or FieldType.Time)
        {
            yield return "a measure is of type integer or decimal";
        }

        if ((field.Class == FieldClass.Time) != (field.Type == FieldType.Time))
        {
            yield return "class 'time' and type 'time' go together";
        }

        if (field.Role != TimeRole.None && field.Type != FieldType.Time)
        {
            yield return "only a field of type 'time' may have a role";
        }

        if (field.Resolution <= 0)
        {
            yield return "resolution must be above 0";
        }

        if (field.Retention < TimeSpan.Zero)
        {
            yield return "retention must be 0 or more";
        }
    }

    private static string Words(FieldClass fieldClass) => fieldClass switch
    {
        FieldClass.DirectIdentifier => "direct-identifier",
        FieldClass.QuasiIdentifier => "quasi-identifier",
        _ => "sensitive",
    };

    [GeneratedRegex("^[a-zA-Z0-9_-]{1,64}\\z")]
    private static partial Regex NamePattern();
}
