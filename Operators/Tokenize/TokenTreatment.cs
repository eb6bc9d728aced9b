using System.Text.RegularExpressions;
using AkkaPrivacy.Engine.Graphs;
using AkkaPrivacy.Engine.Schemas;

namespace AkkaPrivacy.Operators.Tokenize;

/// <summary>Replaces a text by a token: the first 16 bytes of HMAC-SHA-256 under the key of a purpose. It suffices for
/// every class, since a token cannot be turned back without the key.</summary>
public sealed partial record TokenTreatment : FieldTreatment
{
    /// <summary>The purpose unless another is named.</summary>
    public const string DefaultPurpose = "analytics";

    /// <summary>A treatment with the key of a purpose.</summary>
    /// <param name="purpose">1 to 64 characters of <c>a-z A-Z 0-9 _ - . /</c>. Tokens of two purposes cannot be linked.
    /// Default: <c>analytics</c>.</param>
    /// <param name="normalise">What happens before hashing. Default: nothing.</param>
    /// <exception cref="ArgumentOutOfRangeException">The purpose or the normalisation is not allowed.</exception>
    public TokenTreatment(string purpose = DefaultPurpose, TokenNormalisation normalise = TokenNormalisation.None)
    {
        if (!PurposePattern().IsMatch(purpose))
        {
            throw new ArgumentOutOfRangeException(
                nameof(purpose), purpose, "A purpose is 1 to 64 characters of a-z A-Z 0-9 _ - . /");
        }

        if (!Enum.IsDefined(normalise))
        {
            throw new ArgumentOutOfRangeException(nameof(normalise), normalise, "Allowed are: none, lowercase-ascii.");
        }

        Purpose = purpose;
        Normalise = normalise;
    }

    /// <summary>Which key hashes the text.</summary>
    public string Purpose { get; }

    /// <summary>What happens before hashing.</summary>
    public TokenNormalisation Normalise { get; }

    /// <inheritdoc />
    public override string Description => Normalise == TokenNormalisation.None
        ? $"token(purpose={Purpose})"
        : $"token(purpose={Purpose},normalise=lowercase-ascii)";

    /// <inheritdoc />
    public override bool SufficesFor(FieldClass fieldClass) => true;

    /// <inheritdoc />
    public override RowOperator ToOperator(FieldDefinition field) => new TokenizeOperator(field.Name, this);

    [GeneratedRegex(@"\A[a-zA-Z0-9_./-]{1,64}\z")]
    private static partial Regex PurposePattern();
}
